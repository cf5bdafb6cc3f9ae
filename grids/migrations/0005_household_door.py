"""How a door is known whoever wrote it, so that one door of a grid is one household."""

from django.db import migrations, models

from grids import sql
from grids.addresses import door

BATCH = 2000


def learn(apps, schema_editor):
    """What follows from the addresses of before."""
    Household = apps.get_model("grids", "Household")
    last = 0
    while rows := list(Household.objects.filter(pk__gt=last).only("address", "door").order_by("pk")[:BATCH]):
        for row in rows:
            row.door = door(row.address)
        Household.objects.bulk_update(rows, ["door"], batch_size=500)
        last = rows[-1].pk


def lift(apps, schema_editor):
    """SQLite builds the table anew, and drops its triggers with it."""
    if schema_editor.connection.vendor == "sqlite":
        for statement in sql.LIFT["sqlite"]:
            schema_editor.execute(statement, params=None)


def lay(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for statement in sql.LAY["sqlite"]:
            schema_editor.execute(statement, params=None)
        schema_editor.execute(f"INSERT INTO {sql.TABLE}_index({sql.TABLE}_index) VALUES ('rebuild')", params=None)


class Migration(migrations.Migration):

    dependencies = [
        ("grids", "0004_household_words"),
    ]

    operations = [
        migrations.RunPython(lift, lay),
        migrations.AddField(
            model_name="household",
            name="door",
            field=models.CharField(blank=True, default="", max_length=120),
        ),
        migrations.RunPython(learn, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="household",
            index=models.Index(fields=["grid", "door"], name="household_grid_door"),
        ),
        migrations.RunPython(lay, lift),
    ]

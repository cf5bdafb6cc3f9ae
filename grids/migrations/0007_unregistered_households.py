"""How much of each area's household count is planned only, found from the rows and plans as they stand."""

from collections import Counter

from django.db import migrations, models


def count(apps, schema_editor):
    Area, Household = apps.get_model("grids", "Area"), apps.get_model("grids", "Household")
    registered = set(Household.objects.filter(retired_at=None).order_by().values_list("grid", flat=True).distinct())
    above = dict(Area.objects.values_list("pk", "parent_id"))
    found = Counter()
    for pk, planned in Area.objects.filter(planned_households__gt=0).values_list("pk", "planned_households"):
        here = None if pk in registered else pk
        while here is not None:
            found[here] += planned
            here = above[here]
    for pk, n in found.items():
        Area.objects.filter(pk=pk).update(unregistered_households=n)


class Migration(migrations.Migration):

    dependencies = [("grids", "0006_one_key")]

    operations = [
        migrations.AddField(
            model_name="area",
            name="unregistered_households",
            field=models.PositiveIntegerField(default=0, verbose_name="其中尚未登记的计划户数"),
        ),
        migrations.RunPython(count, migrations.RunPython.noop),
    ]

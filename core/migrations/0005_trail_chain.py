"""The chain over the trail, append-only on both engines like the trail itself."""

from django.db import migrations, models

from core import sql


def guard(apps, schema_editor):
    for statement in sql.CHAIN_GUARD[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def unguard(apps, schema_editor):
    for statement in sql.CHAIN_UNGUARD[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("core", "0004_send_queue")]
    operations = [
        migrations.CreateModel(
            name="TrailLink",
            fields=[
                ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                ("entry_id", models.BigIntegerField(unique=True)),
                ("digest", models.CharField(max_length=64)),
                ("signature", models.CharField(blank=True, default="", max_length=64)),
            ],
            options={"verbose_name": "审计链", "verbose_name_plural": "审计链"},
        ),
        migrations.RunPython(guard, unguard, elidable=False),
    ]

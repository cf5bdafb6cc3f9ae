"""Triggers that refuse every write to a published list version, on both engines."""

from django.db import migrations

from duties import sql


def guard(apps, schema_editor):
    for statement in sql.GUARD[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def unguard(apps, schema_editor):
    for statement in sql.UNGUARD[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("duties", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard, elidable=False)]

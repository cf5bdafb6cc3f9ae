"""Lay the index of the words that households are found by."""

from django.db import migrations

from grids import sql


def lay(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for statement in sql.LAY[vendor]:
        schema_editor.execute(statement, params=None)
    if vendor == "sqlite":  # the rows of before
        schema_editor.execute(f"INSERT INTO {sql.TABLE}_index({sql.TABLE}_index) VALUES ('rebuild')", params=None)


def lift(apps, schema_editor):
    for statement in sql.LIFT[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("grids", "0003_household_file")]

    operations = [migrations.RunPython(lay, lift)]

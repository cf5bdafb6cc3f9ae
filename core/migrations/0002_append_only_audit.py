"""Triggers that keep the audit trail append-only on both engines."""

from django.db import migrations

from core import sql


def guard(apps, schema_editor):
    for statement in sql.AUDIT_GUARD[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def unguard(apps, schema_editor):
    for statement in sql.AUDIT_UNGUARD[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard, elidable=False)]

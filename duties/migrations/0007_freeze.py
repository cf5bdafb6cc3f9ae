"""Fingerprints of the items that are there, and the triggers that know the states of approval."""

from django.db import migrations

from duties import sql
from duties.shapes.line_diff import digest

TEXTS = ("name", "enforcement_body", "respond", "resolve", "closing_standard", "basis", "icon", "first_level")
FLAGS = ("needs_photo", "is_sensitive", "is_common", "is_resident_tile")


def fingerprint(apps, schema_editor):
    items = apps.get_model("duties", "DutyItem").objects.select_related("category", "grade", "lead")
    rows = list(items.prefetch_related("assisting"))
    for item in rows:
        plain = {name: getattr(item, name) for name in (*TEXTS, *FLAGS)}
        plain |= {
            "category": item.category.code,
            "aliases": list(item.aliases),
            "lead": item.lead.code,
            "assisting": sorted(d.code for d in item.assisting.all()),
            "grade": item.grade.code,
        }
        item.digest = digest(plain)
    items.model.objects.bulk_update(rows, ["digest"], batch_size=500)


def freeze(apps, schema_editor):
    for statement in sql.FREEZE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def unfreeze(apps, schema_editor):
    for statement in sql.UNFREEZE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("duties", "0006_three_lists")]
    operations = [
        migrations.RunPython(fingerprint, migrations.RunPython.noop, elidable=False),
        migrations.RunPython(freeze, unfreeze, elidable=False),
    ]

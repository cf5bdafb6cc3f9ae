"""Telephones by which people are known again: a landline of the county has one key with its area code and without."""

from django.db import migrations

from core.trust.keys import phone_key
from core.trust.rekeying import reindex_one


def learn(apps, schema_editor):
    reindex_one(apps.get_model("issues", "Reporter"), "phone", "phone_index", phone_key)


class Migration(migrations.Migration):

    dependencies = [("issues", "0025_sheet_asked")]

    operations = [migrations.RunPython(learn, migrations.RunPython.noop)]

"""Names and telephones by which residents are known again, as `core.trust.keys` says them now."""

from django.db import migrations

from core.trust.keys import name_key, phone_key
from core.trust.rekeying import reindex_one


def learn(apps, schema_editor):
    Resident = apps.get_model("households", "Resident")
    reindex_one(Resident, "name", "name_index", name_key)
    reindex_one(Resident, "phone", "phone_index", phone_key)


class Migration(migrations.Migration):

    dependencies = [("households", "0003_import_table")]

    operations = [migrations.RunPython(learn, migrations.RunPython.noop)]

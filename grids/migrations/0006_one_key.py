"""Words, names and telephones by which households are found, as `core.text.normal` and `core.trust.keys` say them now."""

from django.db import migrations

from core.rows.bigrams import rewritten
from core.trust.keys import name_key, phone_key
from core.trust.rekeying import reindex_one, rewrite


def learn(apps, schema_editor):
    Household = apps.get_model("grids", "Household")
    rewrite(Household, "words", "words", rewritten)
    reindex_one(Household, "head_name", "head_index", name_key)
    reindex_one(Household, "phone", "phone_index", phone_key)


class Migration(migrations.Migration):

    dependencies = [("grids", "0005_household_door")]

    operations = [migrations.RunPython(learn, migrations.RunPython.noop)]

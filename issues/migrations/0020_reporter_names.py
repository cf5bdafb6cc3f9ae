"""Tickets are found by the whole names of their residents, as telephones are."""

from django.db import migrations, models

from core.trust.keys import name_key
from core.trust.rekeying import reindex_one


def learn(apps, schema_editor):
    reindex_one(apps.get_model("issues", "Reporter"), "name", "name_index", name_key)


class Migration(migrations.Migration):

    dependencies = [("issues", "0019_free_text")]

    operations = [
        migrations.AddField(
            model_name="reporter",
            name="name_index",
            field=models.CharField(blank=True, db_index=True, default="", max_length=64),
            preserve_default=False,
        ),
        migrations.RunPython(learn, migrations.RunPython.noop),
    ]

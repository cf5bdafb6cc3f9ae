"""Words by which policy documents are found, as `core.text.normal` says them now."""

from django.db import migrations

from core.rows.bigrams import rewritten
from core.trust.rekeying import rewrite


def learn(apps, schema_editor):
    rewrite(apps.get_model("admission", "PolicyWords"), "text", "text", rewritten)


class Migration(migrations.Migration):

    dependencies = [("admission", "0001_initial")]

    operations = [migrations.RunPython(learn, migrations.RunPython.noop)]

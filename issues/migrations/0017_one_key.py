"""Words and telephones by which tickets are found, as `core.text.normal` and `core.trust.keys` say them now."""

from django.db import migrations

from core.rows.bigrams import rewritten
from core.trust.keys import phone_key
from core.trust.rekeying import reindex_one, rewrite


def learn(apps, schema_editor):
    for name in ("TicketWords", "GuardedWords"):
        rewrite(apps.get_model("issues", name), "text", "text", rewritten)
    reindex_one(apps.get_model("issues", "Reporter"), "phone", "phone_index", phone_key)


class Migration(migrations.Migration):

    dependencies = [("issues", "0016_rare_lists")]

    operations = [migrations.RunPython(learn, migrations.RunPython.noop)]

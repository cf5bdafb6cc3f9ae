from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("issues", "0004_calls_from_leads")]

    operations = [migrations.DeleteModel(name="Assist")]

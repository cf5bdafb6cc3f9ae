"""What was counted before knows no steps: forget it, so that the fold counts the whole log anew."""

from django.db import migrations


def forget(apps, schema_editor):
    for name in ("DailyTally", "SpeedTally", "Watermark"):
        apps.get_model("insights", name).objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("insights", "0003_steps_and_truth")]
    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]

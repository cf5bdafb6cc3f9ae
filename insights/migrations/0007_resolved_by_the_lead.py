"""Whether the lead itself resolved in time is counted: the fold counts the log anew."""

from django.db import migrations, models


def forget(apps, schema_editor):
    for name in ("DailyTally", "SpeedTally", "StepTally", "Watermark"):
        apps.get_model("insights", name).objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ('insights', '0006_each_answers_for_its_own'),
    ]

    operations = [
        migrations.RunPython(forget, migrations.RunPython.noop),
        migrations.AddField(
            model_name='dailytally',
            name='resolved',
            field=models.IntegerField(default=0, verbose_name='resolved'),
        ),
        migrations.AddField(
            model_name='dailytally',
            name='unresolved',
            field=models.IntegerField(default=0, verbose_name='unresolved'),
        ),
    ]

"""What each level answers for is counted: forget what was counted before, so that the fold counts the log anew."""

from django.db import migrations, models


def forget(apps, schema_editor):
    for name in ("DailyTally", "SpeedTally", "StepTally", "Watermark"):
        apps.get_model("insights", name).objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ("insights", "0005_facets_apart"),
        ("issues", "0018_worst_limit"),
    ]

    operations = [
        migrations.RunPython(forget, migrations.RunPython.noop),
        migrations.AddField(
            model_name='dailytally',
            name='awaiting_confirm',
            field=models.IntegerField(default=0, verbose_name='awaiting_confirm'),
        ),
        migrations.AddField(
            model_name='dailytally',
            name='consulting',
            field=models.IntegerField(default=0, verbose_name='consulting'),
        ),
        migrations.AddField(
            model_name='dailytally',
            name='dept_kept',
            field=models.IntegerField(default=0, verbose_name='dept_kept'),
        ),
        migrations.AddField(
            model_name='dailytally',
            name='dept_late',
            field=models.IntegerField(default=0, verbose_name='dept_late'),
        ),
        migrations.AddField(
            model_name='dailytally',
            name='in_hand_late',
            field=models.IntegerField(default=0, verbose_name='in_hand_late'),
        ),
        migrations.AddField(
            model_name='dailytally',
            name='in_hand_on_time',
            field=models.IntegerField(default=0, verbose_name='in_hand_on_time'),
        ),
        migrations.AddField(
            model_name='dailytally',
            name='local_kept',
            field=models.IntegerField(default=0, verbose_name='local_kept'),
        ),
        migrations.AddField(
            model_name='dailytally',
            name='local_late',
            field=models.IntegerField(default=0, verbose_name='local_late'),
        ),
        migrations.AddField(
            model_name='dailytally',
            name='township_kept',
            field=models.IntegerField(default=0, verbose_name='township_kept'),
        ),
        migrations.AddField(
            model_name='dailytally',
            name='township_late',
            field=models.IntegerField(default=0, verbose_name='township_late'),
        ),
        migrations.AddField(
            model_name='dailytally',
            name='village_kept',
            field=models.IntegerField(default=0, verbose_name='village_kept'),
        ),
        migrations.AddField(
            model_name='dailytally',
            name='village_late',
            field=models.IntegerField(default=0, verbose_name='village_late'),
        ),
    ]

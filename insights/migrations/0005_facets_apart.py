"""A day's tickets are counted whole, by item and by department, each by itself, instead of in a row for every pair.

What was counted before is forgotten, so that the fold counts the whole log anew.
"""

from django.db import migrations, models

FACETS = [("", "全部"), ("item", "事项"), ("lead", "牵头部门")]


def forget(apps, schema_editor):
    for name in ("DailyTally", "SpeedTally", "StepTally", "Watermark"):
        apps.get_model("insights", name).objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("insights", "0004_count_anew")]
    operations = [
        migrations.RunPython(forget, migrations.RunPython.noop),
        migrations.RemoveConstraint("dailytally", "tally_once"),
        migrations.RemoveIndex("dailytally", "tally_day_area"),
        migrations.RemoveField("dailytally", "item_code"),
        migrations.RemoveField("dailytally", "lead_id"),
        migrations.AddField("dailytally", "facet", models.CharField(blank=True, choices=FACETS, max_length=4)),
        migrations.AddField("dailytally", "value", models.CharField(blank=True, max_length=20)),
        migrations.AddConstraint(
            "dailytally",
            models.UniqueConstraint(fields=("area", "facet", "day", "value"), name="tally_of_facet_once"),
        ),
    ]

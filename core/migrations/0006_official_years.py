from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0005_trail_chain")]
    operations = [
        migrations.CreateModel(
            name="OfficialYear",
            fields=[
                ("year", models.PositiveSmallIntegerField(primary_key=True, serialize=False, verbose_name="年份")),
                ("document", models.CharField(max_length=100, verbose_name="依据")),
                ("entered_at", models.DateTimeField(verbose_name="录入时间")),
            ],
            options={"verbose_name": "年度放假安排", "verbose_name_plural": "年度放假安排"},
        ),
        migrations.AddField(
            model_name="calendarexception",
            name="official",
            field=models.ForeignKey(
                blank=True, editable=False, null=True, on_delete=models.CASCADE, to="core.officialyear"
            ),
        ),
    ]

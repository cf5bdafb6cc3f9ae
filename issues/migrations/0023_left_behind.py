import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("issues", "0022_engine_steps"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="handover",
            name="cause",
            field=models.CharField(
                choices=[("leave", "请假"), ("unanswered", "紧急件 30 分钟未接"), ("left", "离岗")], max_length=10
            ),
        ),
        migrations.AlterField(
            model_name="handover",
            name="to_user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]

"""The household file: parts of the address, kind, and what a household is found by."""


from django.db import migrations, models

from grids.addresses import as_columns
from grids.finding import name_key, words_of


BATCH = 2000
COLUMNS = ("estate", "building", "unit", "room", "group", "number", "head_index", "words")


def learn(apps, schema_editor):
    """What follows from the columns of before."""
    Household = apps.get_model("grids", "Household")
    last = 0
    while rows := list(Household.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        for row in rows:
            for name, part in as_columns(row.address).items():
                setattr(row, name, part)
            row.head_index, row.words = name_key(row.head_name), words_of(row.address, row.tags)
        Household.objects.bulk_update(rows, COLUMNS, batch_size=500)
        last = rows[-1].pk


class Migration(migrations.Migration):

    dependencies = [
        ('grids', '0002_area_log'),
    ]

    operations = [
        migrations.AddField(
            model_name='household',
            name='building',
            field=models.CharField(blank=True, default='', max_length=12, verbose_name='楼栋'),
        ),
        migrations.AddField(
            model_name='household',
            name='estate',
            field=models.CharField(blank=True, default='', max_length=60, verbose_name='小区、街巷'),
        ),
        migrations.AddField(
            model_name='household',
            name='group',
            field=models.CharField(blank=True, default='', max_length=12, verbose_name='组'),
        ),
        migrations.AddField(
            model_name='household',
            name='head_index',
            field=models.CharField(blank=True, default='', max_length=64),
        ),
        migrations.AddField(
            model_name='household',
            name='kind',
            field=models.CharField(choices=[('resident', '常住户'), ('rented', '租住户'), ('vacant', '空置'), ('shop', '店铺'), ('collective', '集体户')], default='resident', max_length=10, verbose_name='户别'),
        ),
        migrations.AddField(
            model_name='household',
            name='number',
            field=models.CharField(blank=True, default='', max_length=12, verbose_name='号'),
        ),
        migrations.AddField(
            model_name='household',
            name='room',
            field=models.CharField(blank=True, default='', max_length=12, verbose_name='室'),
        ),
        migrations.AddField(
            model_name='household',
            name='unit',
            field=models.CharField(blank=True, default='', max_length=12, verbose_name='单元'),
        ),
        migrations.AddField(
            model_name='household',
            name='version',
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='household',
            name='words',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AlterField(
            model_name='household',
            name='phone_index',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddIndex(
            model_name='household',
            index=models.Index(condition=models.Q(('head_index', ''), _negated=True), fields=['head_index'], name='household_head'),
        ),
        migrations.AddIndex(
            model_name='household',
            index=models.Index(condition=models.Q(('phone_index', ''), _negated=True), fields=['phone_index'], name='household_phone'),
        ),
        migrations.RunPython(learn, migrations.RunPython.noop),
    ]

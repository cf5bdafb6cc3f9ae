import django.db.models.deletion
from django.db import migrations, models

from core.rows.tables import CreateModels


class Migration(migrations.Migration):

    replaces = [('insights', '0001_initial'), ('insights', '0002_arrivals_and_stars'), ('insights', '0003_steps_and_truth'), ('insights', '0004_count_anew'), ('insights', '0005_facets_apart'), ('insights', '0006_each_answers_for_its_own'), ('insights', '0007_resolved_by_the_lead'), ('insights', '0008_helpers_apart')]

    initial = True

    dependencies = [
        ('grids', '0001_squashed_0006_one_key'),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Watermark',
                fields=[
                    ('name', models.CharField(max_length=24, primary_key=True, serialize=False)),
                    ('event_id', models.BigIntegerField(default=0)),
                ],
                options={
                    'verbose_name': '计数进度',
                    'verbose_name_plural': '计数进度',
                },
            ),
            migrations.CreateModel(
                name='DailyTally',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField()),
                    ('placed', models.IntegerField(default=0, verbose_name='placed')),
                    ('orders', models.IntegerField(default=0, verbose_name='orders')),
                    ('logged', models.IntegerField(default=0, verbose_name='logged')),
                    ('counter', models.IntegerField(default=0, verbose_name='counter')),
                    ('accepted', models.IntegerField(default=0, verbose_name='accepted')),
                    ('declined', models.IntegerField(default=0, verbose_name='declined')),
                    ('undecided', models.IntegerField(default=0, verbose_name='undecided')),
                    ('self_routed', models.IntegerField(default=0, verbose_name='self_routed')),
                    ('whistled', models.IntegerField(default=0, verbose_name='whistled')),
                    ('awaiting_dispatch', models.IntegerField(default=0, verbose_name='awaiting_dispatch')),
                    ('awaiting_claim', models.IntegerField(default=0, verbose_name='awaiting_claim')),
                    ('sent_back', models.IntegerField(default=0, verbose_name='sent_back')),
                    ('claimed_on_time', models.IntegerField(default=0, verbose_name='claimed_on_time')),
                    ('claimed_late', models.IntegerField(default=0, verbose_name='claimed_late')),
                    ('done_on_time', models.IntegerField(default=0, verbose_name='done_on_time')),
                    ('done_late', models.IntegerField(default=0, verbose_name='done_late')),
                    ('closed', models.IntegerField(default=0, verbose_name='closed')),
                    ('closed_self', models.IntegerField(default=0, verbose_name='closed_self')),
                    ('closed_whistled', models.IntegerField(default=0, verbose_name='closed_whistled')),
                    ('rated', models.IntegerField(default=0, verbose_name='rated')),
                    ('satisfied', models.IntegerField(default=0, verbose_name='satisfied')),
                    ('reworked', models.IntegerField(default=0, verbose_name='reworked')),
                    ('returned', models.IntegerField(default=0, verbose_name='returned')),
                    ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area')),
                    ('arrived_late', models.IntegerField(default=0, verbose_name='arrived_late')),
                    ('arrived_on_time', models.IntegerField(default=0, verbose_name='arrived_on_time')),
                    ('stars_1', models.IntegerField(default=0, verbose_name='stars_1')),
                    ('stars_2', models.IntegerField(default=0, verbose_name='stars_2')),
                    ('stars_3', models.IntegerField(default=0, verbose_name='stars_3')),
                    ('stars_4', models.IntegerField(default=0, verbose_name='stars_4')),
                    ('stars_5', models.IntegerField(default=0, verbose_name='stars_5')),
                    ('found_false', models.IntegerField(default=0, verbose_name='found_false')),
                    ('found_true', models.IntegerField(default=0, verbose_name='found_true')),
                    ('facet', models.CharField(blank=True, choices=[('', '全部'), ('item', '事项'), ('lead', '牵头部门')], max_length=4)),
                    ('value', models.CharField(blank=True, max_length=20)),
                    ('awaiting_confirm', models.IntegerField(default=0, verbose_name='awaiting_confirm')),
                    ('consulting', models.IntegerField(default=0, verbose_name='consulting')),
                    ('dept_kept', models.IntegerField(default=0, verbose_name='dept_kept')),
                    ('dept_late', models.IntegerField(default=0, verbose_name='dept_late')),
                    ('in_hand_late', models.IntegerField(default=0, verbose_name='in_hand_late')),
                    ('in_hand_on_time', models.IntegerField(default=0, verbose_name='in_hand_on_time')),
                    ('local_kept', models.IntegerField(default=0, verbose_name='local_kept')),
                    ('local_late', models.IntegerField(default=0, verbose_name='local_late')),
                    ('township_kept', models.IntegerField(default=0, verbose_name='township_kept')),
                    ('township_late', models.IntegerField(default=0, verbose_name='township_late')),
                    ('village_kept', models.IntegerField(default=0, verbose_name='village_kept')),
                    ('village_late', models.IntegerField(default=0, verbose_name='village_late')),
                    ('resolved', models.IntegerField(default=0, verbose_name='resolved')),
                    ('unresolved', models.IntegerField(default=0, verbose_name='unresolved')),
                ],
                options={
                    'verbose_name': '日计数',
                    'verbose_name_plural': '日计数',
                    'constraints': [models.UniqueConstraint(fields=('area', 'facet', 'day', 'value'), name='tally_of_facet_once')],
                },
            ),
            migrations.CreateModel(
                name='SpeedTally',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField()),
                    ('bucket', models.PositiveSmallIntegerField()),
                    ('tickets', models.IntegerField(default=0)),
                    ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area')),
                ],
                options={
                    'verbose_name': '用时计数',
                    'verbose_name_plural': '用时计数',
                    'constraints': [models.UniqueConstraint(fields=('area', 'day', 'bucket'), name='speed_once')],
                },
            ),
            migrations.CreateModel(
                name='StepTally',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField()),
                    ('counts', models.JSONField(default=dict)),
                    ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area')),
                ],
                options={
                    'verbose_name': '环节用时计数',
                    'verbose_name_plural': '环节用时计数',
                    'constraints': [models.UniqueConstraint(fields=('area', 'day'), name='step_once')],
                },
            ),
        ]),
    ]

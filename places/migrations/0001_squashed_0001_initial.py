import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.rows.tables import CreateModels


class Migration(migrations.Migration):

    replaces = [('places', '0001_initial')]

    initial = True

    dependencies = [
        ('grids', '0001_squashed_0006_one_key'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Profile',
                fields=[
                    ('area', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='profile', serialize=False, to='grids.area')),
                    ('one_shoulder', models.BooleanField(default=False, verbose_name='网格党支部书记与网格长一肩挑')),
                    ('is_hard', models.BooleanField(default=False, verbose_name='难点网格，由书记包联')),
                    ('building_heads', models.PositiveSmallIntegerField(default=0, verbose_name='党员楼长人数')),
                    ('community_workers', models.PositiveSmallIntegerField(default=0, verbose_name='社区工作者人数')),
                ],
                options={
                    'verbose_name': '区域台账',
                    'verbose_name_plural': '区域台账',
                },
            ),
            migrations.CreateModel(
                name='LineCode',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('line', models.CharField(choices=[('party', '党建'), ('police', '警务'), ('peace', '综治'), ('city', '城运')], max_length=8, verbose_name='条线')),
                    ('code', models.CharField(max_length=30, verbose_name='编码')),
                    ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='line_codes', to='grids.area')),
                ],
                options={
                    'verbose_name': '条线编码',
                    'verbose_name_plural': '条线编码',
                    'indexes': [models.Index(fields=['line', 'code'], name='line_code_find')],
                    'constraints': [models.UniqueConstraint(fields=('area', 'line'), name='area_line_once')],
                },
            ),
            migrations.CreateModel(
                name='Plan',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('split', '拆分'), ('divide', '划分微网格'), ('merge', '合并'), ('transfer', '划转'), ('regroup', '重组')], max_length=8, verbose_name='方式')),
                    ('state', models.CharField(choices=[('draft', '草案'), ('applied', '已实施'), ('undone', '已撤销'), ('discarded', '已作废')], default='draft', max_length=9, verbose_name='状态')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('reason', models.CharField(blank=True, max_length=200, verbose_name='调整原因')),
                    ('created_at', models.DateTimeField()),
                    ('applied_at', models.DateTimeField(null=True, verbose_name='实施时间')),
                    ('undone_at', models.DateTimeField(null=True)),
                    ('before', models.JSONField(default=dict)),
                    ('applied_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area', verbose_name='所在')),
                    ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('undone_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': '网格调整方案',
                    'verbose_name_plural': '网格调整方案',
                    'indexes': [models.Index(fields=['state', '-id'], name='plan_state')],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('applied_at', None), ('state__in', ['draft', 'discarded'])), models.Q(('applied_at__isnull', False), ('state__in', ['applied', 'undone'])), _connector='OR'), name='plan_applied_has_time')],
                },
            ),
            migrations.CreateModel(
                name='PlanSource',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('retires', models.BooleanField(default=False)),
                    ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area')),
                    ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sources', to='places.plan')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('plan', 'area'), name='plan_source_once')],
                },
            ),
            migrations.CreateModel(
                name='PlanTarget',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('is_new', models.BooleanField()),
                    ('name', models.CharField(blank=True, max_length=60)),
                    ('area', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area')),
                    ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='targets', to='places.plan')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(condition=models.Q(('area__isnull', False)), fields=('plan', 'area'), name='plan_target_once'), models.CheckConstraint(condition=models.Q(('is_new', True), ('area__isnull', False), _connector='OR'), name='plan_target_known')],
                },
            ),
            migrations.CreateModel(
                name='PlanChoice',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('how', models.CharField(choices=[('groups', '按组'), ('range', '按门牌段'), ('listed', '按名单'), ('outline', '按图上圈画'), ('rest', '其余全部')], max_length=8)),
                    ('value', models.JSONField(default=dict)),
                    ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='choices', to='places.plan')),
                    ('source', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area')),
                    ('target', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='choices', to='places.plantarget')),
                ],
            ),
            migrations.CreateModel(
                name='PlanMove',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('household', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.household')),
                    ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='moves', to='places.plan')),
                    ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area')),
                    ('target', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('plan', 'household'), name='plan_move_once')],
                },
            ),
            migrations.CreateModel(
                name='PlanEffect',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.CharField(max_length=16)),
                    ('row', models.BigIntegerField()),
                    ('after', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area')),
                    ('before', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area')),
                    ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='effects', to='places.plan')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('plan', 'key', 'row'), name='plan_effect_once')],
                },
            ),
            migrations.CreateModel(
                name='HouseholdPoint',
                fields=[
                    ('household', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='point', serialize=False, to='grids.household')),
                    ('longitude', models.FloatField()),
                    ('latitude', models.FloatField()),
                ],
                options={
                    'verbose_name': '户的位置',
                    'verbose_name_plural': '户的位置',
                },
            ),
            migrations.CreateModel(
                name='Boundary',
                fields=[
                    ('area', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='boundary', serialize=False, to='grids.area')),
                    ('geometry', models.JSONField()),
                    ('is_synthetic', models.BooleanField(default=False, verbose_name='示意边界')),
                    ('source', models.CharField(blank=True, max_length=60, verbose_name='来源')),
                    ('version', models.PositiveBigIntegerField(db_index=True)),
                    ('updated_at', models.DateTimeField()),
                ],
                options={
                    'verbose_name': '边界',
                    'verbose_name_plural': '边界',
                },
            ),
        ]),
    ]

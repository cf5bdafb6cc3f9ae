"""The area tree and its households as they are now, and the index of the words that households are found by."""

import core.trust.privacy
import django.db.models.deletion
import mptt.fields
from django.db import migrations, models

from core.rows.tables import CreateModels
from grids import sql


def lay(apps, schema_editor):
    for statement in sql.LAY[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def lift(apps, schema_editor):
    for statement in sql.LIFT[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):

    replaces = [('grids', '0001_initial'), ('grids', '0002_area_log'), ('grids', '0003_household_file'), ('grids', '0004_household_words'), ('grids', '0005_household_door'), ('grids', '0006_one_key')]

    initial = True

    dependencies = []

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Area',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=15, unique=True, verbose_name='代码')),
                    ('name', models.CharField(max_length=60, verbose_name='名称')),
                    ('level', models.CharField(choices=[('county', '县'), ('township', '乡镇'), ('district', '片区'), ('village', '村社'), ('grid', '网格'), ('building', '楼栋'), ('unit', '单元'), ('microgrid', '微网格')], max_length=12, verbose_name='层级')),
                    ('kind', models.CharField(blank=True, choices=[('general', '综合网格'), ('special', '专属网格')], max_length=8, verbose_name='网格类型')),
                    ('prefix', models.CharField(blank=True, max_length=4, null=True, unique=True, verbose_name='工单号前缀')),
                    ('token', models.CharField(blank=True, max_length=16, null=True, unique=True, verbose_name='点单码')),
                    ('household_count', models.PositiveIntegerField(default=0, verbose_name='户数')),
                    ('planned_households', models.PositiveIntegerField(default=0, verbose_name='计划户数')),
                    ('pinyin', models.CharField(blank=True, max_length=200)),
                    ('initials', models.CharField(blank=True, max_length=40)),
                    ('created_at', models.DateTimeField(verbose_name='设立时间')),
                    ('retired_at', models.DateTimeField(blank=True, null=True, verbose_name='停用时间')),
                    ('lft', models.PositiveIntegerField(editable=False)),
                    ('rght', models.PositiveIntegerField(editable=False)),
                    ('tree_id', models.PositiveIntegerField(db_index=True, editable=False)),
                    ('depth', models.PositiveIntegerField(editable=False)),
                    ('parent', mptt.fields.TreeForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='grids.area', verbose_name='上级')),
                    ('purpose', models.CharField(blank=True, choices=[('office', '机关'), ('school', '学校'), ('hospital', '医院'), ('company', '企业'), ('park', '园区'), ('market', '商圈')], max_length=8, verbose_name='专属类别')),
                ],
                options={
                    'verbose_name': '区域',
                    'verbose_name_plural': '区域',
                    'indexes': [models.Index(fields=['parent', 'code'], name='area_parent_code'), models.Index(fields=['tree_id', 'lft'], name='grids_area_tree_id_lft_idx')],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('level', 'county'), ('parent__isnull', True)), models.Q(models.Q(('level', 'county'), _negated=True), ('parent__isnull', False)), _connector='OR'), name='area_county_is_the_only_root'), models.CheckConstraint(condition=models.Q(('token__isnull', True), ('level__in', ('grid', 'microgrid')), _connector='OR'), name='area_token_on_grids_only'), models.CheckConstraint(condition=models.Q(('planned_households', 0), ('level', 'grid'), _connector='OR'), name='area_plan_on_grids_only')],
                },
            ),
            migrations.CreateModel(
                name='AreaEvent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('verb', models.CharField(choices=[('added', '设立'), ('renamed', '改名'), ('kind', '改类型'), ('planned', '改计划户数'), ('profile', '改台账'), ('moved', '户划转'), ('retired', '停用'), ('restored', '恢复')], max_length=8)),
                    ('at', models.DateTimeField()),
                    ('name', models.CharField(max_length=60)),
                    ('kind', models.CharField(blank=True, choices=[('general', '综合网格'), ('special', '专属网格')], max_length=8)),
                    ('purpose', models.CharField(blank=True, choices=[('office', '机关'), ('school', '学校'), ('hospital', '医院'), ('company', '企业'), ('park', '园区'), ('market', '商圈')], max_length=8)),
                    ('planned_households', models.PositiveIntegerField(default=0)),
                    ('is_in_use', models.BooleanField()),
                    ('detail', models.JSONField(default=dict)),
                    ('actor_label', models.CharField(blank=True, max_length=150)),
                    ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='grids.area')),
                    ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area')),
                ],
                options={
                    'verbose_name': '区域变动',
                    'verbose_name_plural': '区域变动',
                    'indexes': [models.Index(fields=['area', '-at', '-id'], name='area_event_asof'), models.Index(fields=['verb', 'id'], name='area_event_verb')],
                },
            ),
            migrations.CreateModel(
                name='AreaSuccession',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField()),
                    ('predecessor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='succeeded_by', to='grids.area')),
                    ('successor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='succeeds', to='grids.area')),
                ],
                options={
                    'verbose_name': '区域沿革',
                    'verbose_name_plural': '区域沿革',
                    'constraints': [models.UniqueConstraint(fields=('predecessor', 'successor'), name='succession_once'), models.CheckConstraint(condition=models.Q(('predecessor', models.F('successor')), _negated=True), name='succession_not_to_itself')],
                },
            ),
            migrations.CreateModel(
                name='Household',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=19, unique=True, verbose_name='户编码')),
                    ('address', models.CharField(max_length=120, verbose_name='门牌')),
                    ('head_name', core.trust.privacy.EncryptedTextField(blank=True, verbose_name='户主')),
                    ('phone', core.trust.privacy.EncryptedTextField(blank=True, verbose_name='电话')),
                    ('phone_index', models.CharField(blank=True, max_length=64)),
                    ('size', models.PositiveSmallIntegerField(default=1, verbose_name='人口')),
                    ('tags', models.JSONField(blank=True, default=list, verbose_name='标签')),
                    ('is_hub', models.BooleanField(default=False, verbose_name='党员中心户')),
                    ('retired_at', models.DateTimeField(blank=True, null=True, verbose_name='注销时间')),
                    ('area', mptt.fields.TreeForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area', verbose_name='网格或微网格')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area', verbose_name='县')),
                    ('grid', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area', verbose_name='网格')),
                    ('township', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area', verbose_name='乡镇')),
                    ('village', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area', verbose_name='村社')),
                    ('building', models.CharField(blank=True, default='', max_length=12, verbose_name='楼栋')),
                    ('estate', models.CharField(blank=True, default='', max_length=60, verbose_name='小区、街巷')),
                    ('group', models.CharField(blank=True, default='', max_length=12, verbose_name='组')),
                    ('head_index', models.CharField(blank=True, default='', max_length=64)),
                    ('kind', models.CharField(choices=[('resident', '常住户'), ('rented', '租住户'), ('vacant', '空置'), ('shop', '店铺'), ('collective', '集体户')], default='resident', max_length=10, verbose_name='户别')),
                    ('number', models.CharField(blank=True, default='', max_length=12, verbose_name='号')),
                    ('room', models.CharField(blank=True, default='', max_length=12, verbose_name='室')),
                    ('unit', models.CharField(blank=True, default='', max_length=12, verbose_name='单元')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('words', models.TextField(blank=True, default='')),
                    ('door', models.CharField(blank=True, default='', max_length=120)),
                ],
                options={
                    'verbose_name': '户',
                    'verbose_name_plural': '户',
                    'indexes': [models.Index(fields=['area', 'code'], name='household_area_code'), models.Index(fields=['village', 'code'], name='household_village_code'), models.Index(fields=['township', 'code'], name='household_township_code'), models.Index(condition=models.Q(('head_index', ''), _negated=True), fields=['head_index'], name='household_head'), models.Index(condition=models.Q(('phone_index', ''), _negated=True), fields=['phone_index'], name='household_phone'), models.Index(fields=['grid', 'door'], name='household_grid_door')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('size__gte', 1)), name='household_size_positive')],
                },
            ),
        ]),
        migrations.RunPython(lay, lift, elidable=False),
    ]

"""The duty lists as they are now, and the triggers that freeze a version once it is submitted."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.rows.tables import CreateModels
from duties import sql


def freeze(apps, schema_editor):
    for statement in sql.FREEZE[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def unfreeze(apps, schema_editor):
    for statement in sql.UNFREEZE[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):

    replaces = [('duties', '0001_initial'), ('duties', '0002_immutable_versions'), ('duties', '0003_dispatchrule'), ('duties', '0004_why_a_rule_ended'), ('duties', '0005_powers'), ('duties', '0006_three_lists'), ('duties', '0007_freeze')]

    initial = True

    dependencies = [
        ('grids', '0001_squashed_0006_one_key'),
        ('members', '0001_squashed_0003_second_factor'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Assignment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('handling', '赋权办理'), ('enforcing', '赋权执法'), ('override', '本镇另行分工')], max_length=9, verbose_name='类别')),
                    ('item_code', models.CharField(max_length=8, verbose_name='事项')),
                    ('ground', models.CharField(blank=True, choices=[('', '全镇'), ('urban', '只在居委（社区）'), ('rural', '只在村委')], default='', max_length=5, verbose_name='适用范围')),
                    ('basis', models.CharField(max_length=200, verbose_name='依据或理由')),
                    ('starts_on', models.DateField(verbose_name='从哪天')),
                    ('ends_on', models.DateField(blank=True, null=True, verbose_name='到哪天')),
                    ('made_at', models.DateTimeField()),
                    ('ended_at', models.DateTimeField(blank=True, null=True)),
                    ('end_reason', models.CharField(blank=True, max_length=200, verbose_name='终止理由')),
                    ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('grantor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.department', verbose_name='赋权部门')),
                    ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.department', verbose_name='由谁办')),
                    ('township', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area', verbose_name='乡镇')),
                ],
                options={
                    'verbose_name': '赋权与分工',
                    'verbose_name_plural': '赋权与分工',
                    'indexes': [models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['township', 'item_code'], name='assignment_running')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='assignment_dates_in_order'), models.CheckConstraint(condition=models.Q(models.Q(('grantor__isnull', True), ('kind', 'override')), models.Q(models.Q(('kind', 'override'), _negated=True), ('grantor__isnull', False)), _connector='OR'), name='assignment_power_has_grantor')],
                },
            ),
            migrations.CreateModel(
                name='DutyList',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('township_duties', '乡镇职责清单'), ('self_governance', '村社自治清单'), ('grid_items', '网格事项清单')], max_length=16)),
                    ('name', models.CharField(max_length=60, verbose_name='名称')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area')),
                ],
                options={
                    'verbose_name': '责任清单',
                    'verbose_name_plural': '责任清单',
                    'constraints': [models.UniqueConstraint(fields=('county', 'kind'), name='duty_list_once')],
                },
            ),
            migrations.CreateModel(
                name='ListVersion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField(verbose_name='版次')),
                    ('state', models.CharField(choices=[('draft', '草稿'), ('submitted', '送审中'), ('approved', '已审定'), ('published', '已发布')], default='draft', max_length=10)),
                    ('starts_on', models.DateField(blank=True, null=True, verbose_name='施行日')),
                    ('rules', models.JSONField(default=dict, verbose_name='办理规则')),
                    ('note', models.CharField(blank=True, max_length=500, verbose_name='修订说明')),
                    ('revision', models.PositiveIntegerField(default=0)),
                    ('changed_at', models.DateTimeField(blank=True, null=True)),
                    ('created_at', models.DateTimeField()),
                    ('published_at', models.DateTimeField(blank=True, null=True)),
                    ('base', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='duties.listversion')),
                    ('changed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('duty_list', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='duties.dutylist')),
                    ('published_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('round', models.PositiveSmallIntegerField(default=0, verbose_name='第几次送审')),
                    ('submitted_at', models.DateTimeField(blank=True, null=True)),
                    ('submitted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': '清单版本',
                    'verbose_name_plural': '清单版本',
                    'constraints': [models.UniqueConstraint(fields=('duty_list', 'number'), name='version_number_once'), models.UniqueConstraint(condition=models.Q(('state', 'published'), _negated=True), fields=('duty_list',), name='one_open_version'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'published'), _negated=True), models.Q(('published_at__isnull', False), ('starts_on__isnull', False)), _connector='OR'), name='published_version_is_dated'), models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'published']), models.Q(('round__gt', 0), ('submitted_at__isnull', False)), _connector='OR'), name='submitted_version_has_a_round')],
                },
            ),
            migrations.CreateModel(
                name='Category',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=4, verbose_name='代码')),
                    ('name', models.CharField(max_length=40, verbose_name='名称')),
                    ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='categories', to='duties.listversion')),
                ],
                options={
                    'verbose_name': '事项类别',
                    'verbose_name_plural': '事项类别',
                    'ordering': ['code'],
                    'constraints': [models.UniqueConstraint(fields=('version', 'code'), name='category_code_once')],
                },
            ),
            migrations.CreateModel(
                name='Grade',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(choices=[('urgent', '紧急'), ('important', '重要'), ('general', '一般'), ('complex', '疑难')], max_length=12)),
                    ('name', models.CharField(max_length=20, verbose_name='名称')),
                    ('accept', models.CharField(max_length=8, verbose_name='受理、领办时限')),
                    ('respond', models.CharField(max_length=8, verbose_name='首次响应时限')),
                    ('resolve', models.CharField(max_length=8, verbose_name='办结时限')),
                    ('extend_max', models.CharField(max_length=8, verbose_name='最长延期')),
                    ('night_duty', models.BooleanField(default=False, verbose_name='夜间值守')),
                    ('note', models.CharField(blank=True, max_length=200)),
                    ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='grades', to='duties.listversion')),
                ],
                options={
                    'verbose_name': '分级',
                    'verbose_name_plural': '分级',
                    'constraints': [models.UniqueConstraint(fields=('version', 'code'), name='grade_code_once')],
                },
            ),
            migrations.CreateModel(
                name='DutyItem',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=8, verbose_name='编号')),
                    ('name', models.CharField(max_length=60, verbose_name='事项')),
                    ('aliases', models.JSONField(blank=True, default=list, verbose_name='群众叫法')),
                    ('enforcement_body', models.CharField(blank=True, help_text='不涉及处罚的留空', max_length=60, verbose_name='执法主体')),
                    ('first_level', models.CharField(choices=[('grid', '网格'), ('village', '村社'), ('town', '乡镇'), ('county', '县级部门')], max_length=8, verbose_name='首办层级')),
                    ('respond', models.CharField(blank=True, help_text='空:按级别', max_length=8, verbose_name='首次响应时限')),
                    ('resolve', models.CharField(blank=True, help_text='空:按级别', max_length=8, verbose_name='办结时限')),
                    ('closing_standard', models.CharField(max_length=200, verbose_name='结案标准')),
                    ('basis', models.CharField(blank=True, max_length=500, verbose_name='依据与办理口径')),
                    ('needs_photo', models.BooleanField(default=False, verbose_name='办结须附照片')),
                    ('is_sensitive', models.BooleanField(default=False, verbose_name='涉敏感信息')),
                    ('icon', models.CharField(blank=True, max_length=16, verbose_name='图标')),
                    ('is_common', models.BooleanField(default=False, help_text='手机填报页的图块', verbose_name='网格员常用')),
                    ('is_resident_tile', models.BooleanField(default=False, verbose_name='群众点单页图块')),
                    ('initials', models.CharField(blank=True, max_length=300)),
                    ('revision', models.PositiveIntegerField(default=0)),
                    ('changed_at', models.DateTimeField(blank=True, null=True)),
                    ('assisting', models.ManyToManyField(blank=True, related_name='+', to='members.department', verbose_name='配合部门')),
                    ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='duties.category', verbose_name='类别')),
                    ('changed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.department', verbose_name='牵头部门')),
                    ('grade', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='duties.grade', verbose_name='级别')),
                    ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='duties.listversion')),
                    ('digest', models.CharField(default='', max_length=32)),
                ],
                options={
                    'verbose_name': '责任事项',
                    'verbose_name_plural': '责任事项',
                    'ordering': ['code'],
                    'constraints': [models.UniqueConstraint(fields=('version', 'code'), name='item_code_once'), models.CheckConstraint(condition=models.Q(('is_sensitive', False), ('is_resident_tile', False), _connector='OR'), name='sensitive_item_is_no_resident_tile')],
                },
            ),
            migrations.CreateModel(
                name='DutyLine',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=8, verbose_name='编号')),
                    ('part', models.CharField(choices=[('basic', '基本履职'), ('assist', '配合履职'), ('returned', '上收县级'), ('autonomy', '自治事项'), ('help', '协助事项'), ('removed', '清退事项')], max_length=8, verbose_name='部分')),
                    ('group', models.CharField(blank=True, max_length=20, verbose_name='类别')),
                    ('name', models.CharField(max_length=60, verbose_name='事项')),
                    ('share', models.CharField(blank=True, max_length=100, verbose_name='乡镇配合什么')),
                    ('basis', models.CharField(blank=True, max_length=500, verbose_name='依据与口径')),
                    ('closes_at_village', models.BooleanField(default=False, verbose_name='小事，可在村社办结')),
                    ('borne_before', models.BooleanField(default=False, verbose_name='梳理前由本级承担')),
                    ('initials', models.CharField(blank=True, max_length=300)),
                    ('digest', models.CharField(default='', max_length=32)),
                    ('revision', models.PositiveIntegerField(default=0)),
                    ('changed_at', models.DateTimeField(blank=True, null=True)),
                    ('changed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('lead', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.department', verbose_name='县级部门')),
                    ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='duties.listversion')),
                ],
                options={
                    'verbose_name': '职责条目',
                    'verbose_name_plural': '职责条目',
                    'ordering': ['code'],
                    'constraints': [models.UniqueConstraint(fields=('version', 'code'), name='line_code_once')],
                },
            ),
            migrations.CreateModel(
                name='Approval',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('round', models.PositiveSmallIntegerField()),
                    ('outcome', models.CharField(blank=True, choices=[('', '待审核'), ('agreed', '同意'), ('returned', '退回')], default='', max_length=8, verbose_name='意见')),
                    ('note', models.CharField(blank=True, max_length=500, verbose_name='说明')),
                    ('decided_at', models.DateTimeField(blank=True, null=True)),
                    ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.department', verbose_name='审核部门')),
                    ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='approvals', to='duties.listversion')),
                ],
                options={
                    'verbose_name': '清单审核',
                    'verbose_name_plural': '清单审核',
                    'ordering': ['round', 'id'],
                    'indexes': [models.Index(condition=models.Q(('outcome', '')), fields=['department'], name='approval_open')],
                    'constraints': [models.UniqueConstraint(fields=('version', 'round', 'department'), name='approval_once'), models.UniqueConstraint(condition=models.Q(('decided_by__isnull', False)), fields=('version', 'round', 'decided_by'), name='approval_person_once'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('outcome', '')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('outcome__in', ['agreed', 'returned'])), _connector='OR'), name='approval_decided_whole')],
                },
            ),
            migrations.CreateModel(
                name='DraftEdit',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('revision', models.PositiveIntegerField()),
                    ('verb', models.CharField(max_length=12)),
                    ('changes', models.JSONField(default=dict)),
                    ('at', models.DateTimeField()),
                    ('undone', models.BooleanField(default=False)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='edits', to='duties.listversion')),
                ],
                options={
                    'verbose_name': '草稿改动',
                    'verbose_name_plural': '草稿改动',
                    'constraints': [models.UniqueConstraint(fields=('version', 'revision'), name='draft_edit_once')],
                },
            ),
            migrations.CreateModel(
                name='SheetProposal',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField()),
                    ('file_name', models.CharField(max_length=100)),
                    ('changes', models.JSONField(default=dict)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='proposals', to='duties.listversion')),
                ],
                options={
                    'verbose_name': '表格导入',
                    'verbose_name_plural': '表格导入',
                    'constraints': [models.UniqueConstraint(fields=('version', 'by'), name='proposal_once')],
                },
            ),
            migrations.CreateModel(
                name='DispatchRule',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('item_code', models.CharField(max_length=8, verbose_name='事项')),
                    ('source', models.CharField(max_length=20, verbose_name='来自工单')),
                    ('made_at', models.DateTimeField()),
                    ('revoked_at', models.DateTimeField(blank=True, null=True)),
                    ('assisting', models.ManyToManyField(blank=True, related_name='+', to='members.department', verbose_name='配合部门')),
                    ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.department', verbose_name='牵头部门')),
                    ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('township', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area', verbose_name='乡镇')),
                    ('revoked_because', models.CharField(blank=True, max_length=200, verbose_name='废止原因')),
                ],
                options={
                    'verbose_name': '派单规则',
                    'verbose_name_plural': '派单规则',
                    'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at__isnull', True)), fields=('township', 'item_code'), name='dispatch_rule_one_in_force')],
                },
            ),
        ]),
        migrations.RunPython(freeze, unfreeze, elidable=False),
    ]

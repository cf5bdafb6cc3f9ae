import core.trust.freetext
import core.trust.privacy
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.rows.tables import CreateModels


class Migration(migrations.Migration):

    replaces = [('households', '0001_initial'), ('households', '0002_import_foresight'), ('households', '0003_import_table'), ('households', '0004_one_key'), ('households', '0005_free_text'), ('households', '0006_county_reasons')]

    initial = True

    dependencies = [
        ('grids', '0001_squashed_0006_one_key'),
        ('issues', '0001_squashed_0024_one_sheet'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Resident',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', core.trust.privacy.EncryptedTextField(verbose_name='姓名')),
                    ('name_index', models.CharField(db_index=True, max_length=64)),
                    ('phone', core.trust.privacy.EncryptedTextField(blank=True, verbose_name='电话')),
                    ('phone_index', models.CharField(blank=True, db_index=True, max_length=64)),
                    ('relation', models.CharField(choices=[('head', '户主'), ('spouse', '配偶'), ('child', '子女'), ('parent', '父母'), ('other', '其他')], default='other', max_length=8, verbose_name='与户主关系')),
                    ('birth_year', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='出生年')),
                    ('created_at', models.DateTimeField()),
                    ('household', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.household', verbose_name='户')),
                ],
                options={
                    'verbose_name': '居民',
                    'verbose_name_plural': '居民',
                    'indexes': [models.Index(fields=['household', 'id'], name='resident_household')],
                },
            ),
            migrations.CreateModel(
                name='GuardedTag',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', core.trust.privacy.EncryptedTextField()),
                    ('kind_index', models.CharField(db_index=True, max_length=64)),
                    ('set_at', models.DateTimeField()),
                    ('household', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.household', verbose_name='户')),
                    ('set_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': '涉敏感标签',
                    'verbose_name_plural': '涉敏感标签',
                    'constraints': [models.UniqueConstraint(fields=('household', 'kind_index'), name='guarded_tag_once')],
                },
            ),
            migrations.CreateModel(
                name='Need',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('text', core.trust.freetext.EncryptedFreeTextField(verbose_name='内容')),
                    ('found_at', models.DateTimeField()),
                    ('state', models.CharField(choices=[('open', '在办'), ('solved', '已解决'), ('explained', '已解释说明')], default='open', max_length=10, verbose_name='状态')),
                    ('outcome', core.trust.freetext.EncryptedFreeTextField(blank=True, verbose_name='结果')),
                    ('ended_at', models.DateTimeField(blank=True, null=True)),
                    ('found_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('household', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.household', verbose_name='户')),
                    ('ticket', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='need', to='issues.ticket')),
                ],
                options={
                    'verbose_name': '急难愁盼',
                    'verbose_name_plural': '急难愁盼',
                    'indexes': [models.Index(fields=['household', '-id'], name='need_household')],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='need_ended_iff_not_open')],
                },
            ),
            migrations.CreateModel(
                name='Consent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.CharField(max_length=20, verbose_name='告知书版本')),
                    ('state', models.CharField(choices=[('told', '已告知'), ('agreed', '已同意'), ('withdrawn', '已撤回')], max_length=10, verbose_name='情况')),
                    ('at', models.DateTimeField()),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('household', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.household', verbose_name='户')),
                ],
                options={
                    'verbose_name': '告知与同意',
                    'verbose_name_plural': '告知与同意',
                    'indexes': [models.Index(fields=['household', '-id'], name='consent_household')],
                },
            ),
            migrations.CreateModel(
                name='SubjectRequest',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('access', '查阅、复制'), ('correct', '更正'), ('delete', '删除')], max_length=8, verbose_name='请求')),
                    ('asked_at', models.DateTimeField()),
                    ('due_on', models.DateField(verbose_name='答复期限')),
                    ('state', models.CharField(choices=[('open', '待答复'), ('done', '已办'), ('refused', '不予办理')], default='open', max_length=8, verbose_name='状态')),
                    ('answer', core.trust.freetext.EncryptedFreeTextField(blank=True, verbose_name='答复')),
                    ('answered_at', models.DateTimeField(blank=True, null=True)),
                    ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('household', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.household', verbose_name='户')),
                    ('taken_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': '个人信息请求',
                    'verbose_name_plural': '个人信息请求',
                    'indexes': [models.Index(fields=['household', '-id'], name='subject_request_household')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('household', 'kind'), name='subject_request_one_open')],
                },
            ),
            migrations.CreateModel(
                name='Helper',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=40, verbose_name='姓名')),
                    ('kind', models.CharField(choices=[('party', '党员'), ('cadre', '干部')], max_length=6, verbose_name='身份')),
                    ('created_at', models.DateTimeField()),
                    ('retired_at', models.DateTimeField(blank=True, null=True)),
                    ('township', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area', verbose_name='乡镇')),
                    ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='账号')),
                    ('village', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area', verbose_name='村社')),
                ],
                options={
                    'verbose_name': '联户人',
                    'verbose_name_plural': '联户人',
                    'indexes': [models.Index(fields=['village', 'kind', 'id'], name='helper_village')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('retired_at', None), ('user__isnull', False)), fields=('village', 'kind', 'user'), name='helper_account_once')],
                },
            ),
            migrations.CreateModel(
                name='Liaison',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('party', '党员'), ('cadre', '干部')], max_length=6)),
                    ('started_on', models.DateField()),
                    ('ended_on', models.DateField(blank=True, null=True)),
                    ('helper', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='liaisons', to='households.helper')),
                    ('household', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.household', verbose_name='户')),
                ],
                options={
                    'verbose_name': '联系户',
                    'verbose_name_plural': '联系户',
                    'indexes': [models.Index(fields=['helper', 'ended_on'], name='liaison_helper')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('ended_on', None)), fields=('household', 'kind'), name='liaison_one_of_kind')],
                },
            ),
            migrations.CreateModel(
                name='Visit',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField()),
                    ('reason', models.CharField(choices=[('routine', '日常走访'), ('policy', '政策宣讲到户'), ('resolution', '决议传达到户'), ('welfare', '公益发动到户'), ('opinion', '意见征求到户'), ('hardship', '急难必联'), ('dispute', '纠纷必联'), ('event', '红白必联')], default='routine', max_length=10, verbose_name='事由')),
                    ('outcome', models.CharField(choices=[('well', '平安'), ('matter', '有事'), ('absent', '没人')], max_length=8, verbose_name='结果')),
                    ('note', core.trust.freetext.EncryptedFreeTextField(blank=True, verbose_name='备注')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('household', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.household', verbose_name='户')),
                    ('need', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='visit', to='households.need')),
                ],
                options={
                    'verbose_name': '走访',
                    'verbose_name_plural': '走访',
                    'indexes': [models.Index(fields=['household', '-at'], name='visit_household'), models.Index(fields=['-at', '-id'], name='visit_at')],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('need__isnull', False), ('outcome', 'matter')), models.Q(models.Q(('outcome', 'matter'), _negated=True), ('need__isnull', True)), _connector='OR'), name='visit_matter_iff_need')],
                },
            ),
            migrations.CreateModel(
                name='ExportRequest',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('reason', models.CharField(max_length=200, verbose_name='用途')),
                    ('count', models.PositiveIntegerField(verbose_name='户数')),
                    ('asked_at', models.DateTimeField(verbose_name='申请时间')),
                    ('state', models.CharField(choices=[('asked', '待批准'), ('approved', '已批准'), ('refused', '未批准'), ('fetched', '已取走')], default='asked', max_length=8, verbose_name='状态')),
                    ('decided_at', models.DateTimeField(blank=True, null=True)),
                    ('remark', models.CharField(blank=True, max_length=200, verbose_name='批准意见')),
                    ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area', verbose_name='范围')),
                    ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='申请人')),
                    ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('township', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area')),
                ],
                options={
                    'verbose_name': '个人信息导出申请',
                    'verbose_name_plural': '个人信息导出申请',
                    'indexes': [models.Index(fields=['township', '-id'], name='export_request_township')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('asked_by')), _negated=True), _connector='OR'), name='export_request_second_person')],
                },
            ),
            migrations.CreateModel(
                name='Import',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('areas', '区域'), ('households', '户'), ('residents', '居民')], max_length=10, verbose_name='内容')),
                    ('state', models.CharField(choices=[('mapping', '待对列'), ('checking', '正在检查'), ('checked', '待确认'), ('running', '正在导入'), ('done', '已完成'), ('cancelled', '已取消'), ('failed', '不能导入'), ('undoing', '正在撤回'), ('undone', '已撤回')], default='mapping', max_length=10, verbose_name='状态')),
                    ('created_at', models.DateTimeField(verbose_name='上传时间')),
                    ('ended_at', models.DateTimeField(blank=True, null=True)),
                    ('format', models.CharField(max_length=4)),
                    ('size', models.PositiveIntegerField(verbose_name='字节')),
                    ('sha256', models.CharField(max_length=64)),
                    ('header', models.JSONField(default=list)),
                    ('columns', models.JSONField(default=dict)),
                    ('rows', models.PositiveIntegerField(default=0, verbose_name='行数')),
                    ('checked', models.PositiveIntegerField(default=0)),
                    ('written', models.PositiveIntegerField(default=0, verbose_name='已处理行')),
                    ('added', models.PositiveIntegerField(default=0, verbose_name='新增')),
                    ('changed', models.PositiveIntegerField(default=0, verbose_name='更新')),
                    ('unchanged', models.PositiveIntegerField(default=0, verbose_name='未变')),
                    ('bad', models.PositiveIntegerField(default=0, verbose_name='有错')),
                    ('failure', models.CharField(blank=True, max_length=300)),
                    ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area', verbose_name='范围')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='导入人')),
                    ('faults', models.JSONField(default=dict)),
                    ('foresight', models.JSONField(default=dict)),
                    ('moved', models.PositiveIntegerField(default=0, verbose_name='划转')),
                    ('moves', models.BooleanField(default=False, verbose_name='户随表划转')),
                    ('undone', models.JSONField(default=dict)),
                    ('head_depth', models.PositiveSmallIntegerField(default=1, verbose_name='表头行数')),
                    ('head_line', models.PositiveIntegerField(default=1, verbose_name='表头行')),
                    ('sheet', models.CharField(blank=True, max_length=100, verbose_name='工作表')),
                ],
                options={
                    'verbose_name': '导入',
                    'verbose_name_plural': '导入',
                    'indexes': [models.Index(fields=['user', '-id'], name='import_user')],
                },
            ),
            migrations.CreateModel(
                name='ImportPiece',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('position', models.PositiveIntegerField()),
                    ('content', core.trust.privacy.EncryptedTextField()),
                    ('of', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pieces', to='households.import')),
                ],
                options={
                    'verbose_name': '导入文件',
                    'verbose_name_plural': '导入文件',
                    'constraints': [models.UniqueConstraint(fields=('of', 'position'), name='import_piece_once')],
                },
            ),
            migrations.CreateModel(
                name='ImportChunk',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('position', models.PositiveIntegerField()),
                    ('count', models.PositiveIntegerField()),
                    ('content', core.trust.privacy.EncryptedTextField()),
                    ('is_checked', models.BooleanField(default=False)),
                    ('of', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='chunks', to='households.import')),
                    ('faulty', core.trust.privacy.EncryptedTextField(blank=True, default='')),
                ],
                options={
                    'verbose_name': '导入的行',
                    'verbose_name_plural': '导入的行',
                    'constraints': [models.UniqueConstraint(fields=('of', 'position'), name='import_chunk_once')],
                },
            ),
            migrations.CreateModel(
                name='ImportProblem',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('line', models.PositiveIntegerField(verbose_name='行')),
                    ('cell', models.CharField(max_length=16, verbose_name='单元格')),
                    ('column', models.CharField(max_length=60, verbose_name='列')),
                    ('text', models.CharField(max_length=200, verbose_name='问题')),
                    ('of', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='problems', to='households.import')),
                ],
                options={
                    'verbose_name': '导入问题',
                    'verbose_name_plural': '导入问题',
                    'indexes': [models.Index(fields=['of', 'line', 'id'], name='import_problem_line')],
                },
            ),
            migrations.CreateModel(
                name='ImportChange',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('resident', models.BigIntegerField(null=True)),
                    ('version', models.PositiveIntegerField(default=0)),
                    ('mark', models.CharField(blank=True, max_length=64)),
                    ('before', core.trust.privacy.EncryptedTextField(blank=True)),
                    ('outcome', models.CharField(blank=True, choices=[('restored', '已改回'), ('removed', '已删去'), ('retired', '已注销'), ('left', '之后有人改过，未动')], max_length=8)),
                    ('household', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.household')),
                    ('of', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='households.import')),
                ],
                options={
                    'verbose_name': '导入的改动',
                    'verbose_name_plural': '导入的改动',
                    'indexes': [models.Index(fields=['of', 'outcome', 'id'], name='import_change_open')],
                },
            ),
            migrations.CreateModel(
                name='ImportAdded',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('codes', models.JSONField()),
                    ('is_undone', models.BooleanField(default=False)),
                    ('of', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='additions', to='households.import')),
                ],
                options={
                    'verbose_name': '导入新增的户',
                    'verbose_name_plural': '导入新增的户',
                },
            ),
            migrations.CreateModel(
                name='ColumnMap',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=10)),
                    ('head', models.CharField(max_length=64)),
                    ('columns', models.JSONField(default=dict)),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': '列的对应',
                    'verbose_name_plural': '列的对应',
                    'constraints': [models.UniqueConstraint(fields=('user', 'kind', 'head'), name='column_map_once')],
                },
            ),
        ]),
    ]

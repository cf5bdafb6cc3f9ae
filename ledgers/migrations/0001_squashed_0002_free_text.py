import core.trust.freetext
import core.trust.privacy
import django.db.models.deletion
import ledgers.workflow.campaign
import ledgers.workflow.project
import ledgers.workflow.rectification
import mptt.fields
from django.conf import settings
from django.db import migrations, models

from core.rows.tables import CreateModels


class Migration(migrations.Migration):

    replaces = [('ledgers', '0001_initial'), ('ledgers', '0002_free_text')]

    initial = True

    dependencies = [
        ('duties', '0001_squashed_0007_freeze'),
        ('grids', '0001_squashed_0006_one_key'),
        ('issues', '0001_squashed_0024_one_sheet'),
        ('members', '0001_squashed_0003_second_factor'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Matter',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('rectification', '问题台账'), ('project', '民生实事'), ('campaign', '专项行动')], max_length=16)),
                    ('number', models.CharField(max_length=24, unique=True, verbose_name='编号')),
                    ('title', core.trust.freetext.FreeTextField(max_length=60, verbose_name='名称')),
                    ('state', models.CharField(choices=[('fixing', '整改中'), ('applied', '待核验'), ('struck', '已销号'), ('revoked', '已撤销'), ('moving', '推动中'), ('finished', '已完成，待回音'), ('answered', '已回音'), ('stopped', '已终止'), ('running', '进行中'), ('ended', '已结束')], max_length=12, verbose_name='状态')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('moved_version', models.PositiveIntegerField(default=1)),
                    ('opened_at', models.DateTimeField(verbose_name='立账时间')),
                    ('last_event_at', models.DateTimeField()),
                    ('ended_at', models.DateTimeField(blank=True, null=True)),
                    ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area', verbose_name='所在')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area')),
                    ('grid', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area')),
                    ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area', verbose_name='立账单位')),
                    ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='立账人')),
                    ('township', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area')),
                    ('village', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area')),
                ],
                options={
                    'verbose_name': '台账事项',
                    'verbose_name_plural': '台账事项',
                    'indexes': [models.Index(fields=['kind', 'village', '-opened_at', '-id'], name='matter_village'), models.Index(fields=['kind', 'township', '-opened_at', '-id'], name='matter_township'), models.Index(fields=['kind', 'county', '-opened_at', '-id'], name='matter_county')],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('state__in', [ledgers.workflow.project.State['ANSWERED'], ledgers.workflow.campaign.State['ENDED'], ledgers.workflow.rectification.State['REVOKED'], ledgers.workflow.project.State['STOPPED'], ledgers.workflow.rectification.State['STRUCK']])), models.Q(('ended_at__isnull', True), ('state__in', [ledgers.workflow.rectification.State['APPLIED'], ledgers.workflow.project.State['FINISHED'], ledgers.workflow.rectification.State['FIXING'], ledgers.workflow.project.State['MOVING'], ledgers.workflow.campaign.State['RUNNING']])), _connector='OR'), name='matter_ended_iff_over'), models.CheckConstraint(condition=models.Q(('version__gte', models.F('moved_version'))), name='matter_version_order')],
                },
            ),
            migrations.CreateModel(
                name='MatterEvent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField()),
                    ('action', models.CharField(max_length=16)),
                    ('from_state', models.CharField(blank=True, max_length=12)),
                    ('to_state', models.CharField(max_length=12)),
                    ('actor_post', models.CharField(blank=True, max_length=60)),
                    ('note', core.trust.freetext.EncryptedFreeTextField(blank=True)),
                    ('data', models.JSONField(blank=True, default=dict)),
                    ('at', models.DateTimeField()),
                    ('actor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('matter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='ledgers.matter')),
                ],
                options={
                    'verbose_name': '台账经过',
                    'verbose_name_plural': '台账经过',
                    'ordering': ['-version'],
                    'constraints': [models.UniqueConstraint(fields=('matter', 'version'), name='matter_event_once')],
                },
            ),
            migrations.CreateModel(
                name='MatterPhoto',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('sha256', models.CharField(max_length=64)),
                    ('path', models.CharField(max_length=120)),
                    ('width', models.PositiveIntegerField()),
                    ('height', models.PositiveIntegerField()),
                    ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='ledgers.matterevent')),
                ],
                options={
                    'verbose_name': '佐证照片',
                    'verbose_name_plural': '佐证照片',
                },
            ),
            migrations.CreateModel(
                name='Series',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('rectification', '问题台账'), ('project', '民生实事'), ('campaign', '专项行动')], max_length=16)),
                    ('year', models.PositiveSmallIntegerField()),
                    ('last', models.PositiveIntegerField(default=0)),
                    ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area')),
                ],
                options={
                    'verbose_name': '台账编号序列',
                    'verbose_name_plural': '台账编号序列',
                    'constraints': [models.UniqueConstraint(fields=('office', 'kind', 'year'), name='matter_series_once')],
                },
            ),
            migrations.CreateModel(
                name='Campaign',
                fields=[
                    ('matter_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='ledgers.matter')),
                    ('basis', models.CharField(max_length=200, verbose_name='依据')),
                    ('starts_on', models.DateField(verbose_name='开始')),
                    ('ends_on', models.DateField(verbose_name='结束')),
                    ('questions', models.JSONField(default=list, verbose_name='看什么')),
                    ('aim', models.CharField(choices=[('households', '逐户'), ('grids', '逐网格')], max_length=12, verbose_name='对象')),
                    ('tags', models.JSONField(blank=True, default=list, verbose_name='户标签')),
                    ('grid_kind', models.CharField(blank=True, choices=[('general', '综合网格'), ('special', '专属网格')], max_length=8, verbose_name='网格类型')),
                    ('built_at', models.DateTimeField(blank=True, null=True, verbose_name='名单生成时间')),
                    ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='duties.dutyitem', verbose_name='发现问题按哪项办')),
                    ('places', models.ManyToManyField(related_name='+', to='grids.area', verbose_name='范围')),
                ],
                options={
                    'verbose_name': '专项行动',
                    'verbose_name_plural': '专项行动',
                    'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='campaign_ends_after_start')],
                },
                bases=('ledgers.matter',),
            ),
            migrations.CreateModel(
                name='Target',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('result', models.CharField(choices=[('waiting', '未入户'), ('absent', '没人，待再访'), ('normal', '正常'), ('found', '发现问题')], max_length=8, verbose_name='结果')),
                    ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='上门次数')),
                    ('remark', core.trust.freetext.EncryptedFreeTextField(blank=True, verbose_name='备注')),
                    ('looked_at', models.DateTimeField(blank=True, null=True)),
                    ('area', mptt.fields.TreeForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area', verbose_name='网格或微网格')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area', verbose_name='县')),
                    ('grid', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area', verbose_name='网格')),
                    ('household', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.household')),
                    ('looked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('ticket', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='target', to='issues.ticket')),
                    ('township', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area', verbose_name='乡镇')),
                    ('village', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area', verbose_name='村社')),
                    ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='targets', to='ledgers.campaign')),
                ],
                options={
                    'verbose_name': '排查对象',
                    'verbose_name_plural': '排查对象',
                    'indexes': [models.Index(fields=['campaign', 'area', 'result'], name='target_area'), models.Index(fields=['campaign', 'village', 'grid', 'result'], name='target_village'), models.Index(fields=['area', 'campaign'], name='target_of_area'), models.Index(fields=['grid', 'campaign'], name='target_of_grid'), models.Index(fields=['village', 'campaign'], name='target_of_village')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('household__isnull', False)), fields=('campaign', 'household'), name='target_household_once'), models.UniqueConstraint(condition=models.Q(('household__isnull', True)), fields=('campaign', 'area'), name='target_grid_once'), models.CheckConstraint(condition=models.Q(models.Q(('result', 'found'), ('ticket__isnull', False)), models.Q(models.Q(('result', 'found'), _negated=True), ('ticket__isnull', True)), _connector='OR'), name='target_found_iff_ticket')],
                },
            ),
            migrations.CreateModel(
                name='Project',
                fields=[
                    ('matter_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='ledgers.matter')),
                    ('goal', core.trust.freetext.FreeTextField(max_length=500, verbose_name='要办成什么')),
                    ('answer', core.trust.freetext.FreeTextField(blank=True, max_length=1000, verbose_name='回音')),
                ],
                options={
                    'verbose_name': '民生实事',
                    'verbose_name_plural': '民生实事',
                },
                bases=('ledgers.matter',),
            ),
            migrations.CreateModel(
                name='Milestone',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('position', models.PositiveSmallIntegerField()),
                    ('name', models.CharField(max_length=40, verbose_name='节点')),
                    ('planned_on', models.DateField(verbose_name='计划日期')),
                    ('done_on', models.DateField(blank=True, null=True, verbose_name='完成日期')),
                    ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.department', verbose_name='责任单位')),
                    ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='milestones', to='ledgers.project')),
                ],
                options={
                    'verbose_name': '节点',
                    'verbose_name_plural': '节点',
                    'ordering': ['position'],
                    'indexes': [models.Index(condition=models.Q(('department__isnull', False), ('done_on__isnull', True)), fields=['department'], name='milestone_mine')],
                    'constraints': [models.UniqueConstraint(fields=('project', 'position'), name='milestone_position_once')],
                },
            ),
            migrations.CreateModel(
                name='Proposal',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=16, unique=True, verbose_name='查询码')),
                    ('words', core.trust.freetext.EncryptedFreeTextField(verbose_name='想办的实事')),
                    ('name', core.trust.privacy.EncryptedTextField(blank=True, verbose_name='称呼')),
                    ('phone', core.trust.privacy.EncryptedTextField(blank=True, verbose_name='电话')),
                    ('placed_at', models.DateTimeField(verbose_name='提出时间')),
                    ('state', models.CharField(choices=[('waiting', '待审议'), ('adopted', '已立项'), ('declined', '未采纳')], max_length=8)),
                    ('reason', core.trust.freetext.FreeTextField(blank=True, max_length=500, verbose_name='未采纳的理由')),
                    ('answered_at', models.DateTimeField(blank=True, null=True)),
                    ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('area', mptt.fields.TreeForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area', verbose_name='网格或微网格')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area', verbose_name='县')),
                    ('grid', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area', verbose_name='网格')),
                    ('placed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='代提人')),
                    ('township', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area', verbose_name='乡镇')),
                    ('village', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area', verbose_name='村社')),
                    ('project', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='ledgers.project')),
                ],
                options={
                    'verbose_name': '实事建议',
                    'verbose_name_plural': '实事建议',
                    'indexes': [models.Index(fields=['township', 'state', '-placed_at', '-id'], name='proposal_township'), models.Index(fields=['village', 'state', '-placed_at', '-id'], name='proposal_village')],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('project__isnull', False), ('state', 'adopted')), models.Q(models.Q(('state', 'adopted'), _negated=True), ('project__isnull', True)), _connector='OR'), name='proposal_adopted_iff_project'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'declined'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='proposal_declined_with_reason')],
                },
            ),
            migrations.CreateModel(
                name='Rectification',
                fields=[
                    ('matter_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='ledgers.matter')),
                    ('source', models.CharField(choices=[('inspection', '巡察'), ('audit', '审计'), ('supervision', '督查'), ('appeal', '信访'), ('residents', '群众反映'), ('self', '自查'), ('clinic', '会诊清查'), ('other', '其他')], max_length=12, verbose_name='来源')),
                    ('problem', core.trust.freetext.FreeTextField(max_length=2000, verbose_name='问题')),
                    ('measures', core.trust.freetext.FreeTextField(blank=True, max_length=2000, verbose_name='整改措施')),
                    ('due_on', models.DateField(verbose_name='整改期限')),
                    ('applied_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('owner_department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.department', verbose_name='责任单位')),
                    ('owner_township', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area', verbose_name='责任乡镇')),
                    ('ticket', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='rectifications', to='issues.ticket', verbose_name='关联工单')),
                ],
                options={
                    'verbose_name': '问题',
                    'verbose_name_plural': '问题',
                    'indexes': [models.Index(fields=['due_on'], name='rectification_due')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('owner_department__isnull', True), ('owner_township__isnull', True), _connector='XOR'), name='rectification_one_owner')],
                },
                bases=('ledgers.matter',),
            ),
        ]),
    ]

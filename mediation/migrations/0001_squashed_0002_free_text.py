import core.trust.freetext
import core.trust.privacy
import django.db.models.deletion
import mptt.fields
from django.conf import settings
from django.db import migrations, models

from core.rows.tables import CreateModels


class Migration(migrations.Migration):

    replaces = [('mediation', '0001_initial'), ('mediation', '0002_free_text')]

    initial = True

    dependencies = [
        ('grids', '0001_squashed_0006_one_key'),
        ('issues', '0001_squashed_0024_one_sheet'),
        ('members', '0001_squashed_0003_second_factor'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Dispute',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.CharField(max_length=24, unique=True, verbose_name='编号')),
                    ('kind', models.CharField(choices=[('family', '婚姻家庭'), ('neighbour', '邻里'), ('land', '土地山林水利'), ('labour', '劳资'), ('property', '物业'), ('consumer', '消费'), ('damage', '损害赔偿'), ('other', '其他')], max_length=12, verbose_name='类别')),
                    ('risk', models.CharField(choices=[('plain', '一般'), ('watch', '需关注'), ('volatile', '可能激化')], default='plain', max_length=8, verbose_name='风险')),
                    ('brief', core.trust.freetext.EncryptedFreeTextField(verbose_name='纠纷简况')),
                    ('where', core.trust.freetext.EncryptedFreeTextField(blank=True, verbose_name='发生地点')),
                    ('state', models.CharField(choices=[('opened', '待调解'), ('mediating', '调解中'), ('agreed', '待回访'), ('fulfilled', '已履行'), ('failed', '未达成'), ('withdrawn', '已撤回'), ('transferred', '已转办')], max_length=12, verbose_name='状态')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('moved_version', models.PositiveIntegerField(default=1)),
                    ('round', models.PositiveSmallIntegerField(default=1, verbose_name='轮次')),
                    ('opened_at', models.DateTimeField(verbose_name='立案时间')),
                    ('last_event_at', models.DateTimeField()),
                    ('ended_at', models.DateTimeField(blank=True, null=True)),
                    ('next_at', models.DateTimeField(blank=True, null=True, verbose_name='下次调解')),
                    ('next_place', core.trust.freetext.EncryptedFreeTextField(blank=True, verbose_name='下次调解地点')),
                    ('follow_up_on', models.DateField(blank=True, null=True, verbose_name='回访日')),
                    ('kept', models.CharField(blank=True, choices=[('kept', '已履行'), ('partly', '部分履行'), ('broken', '未履行')], max_length=6, verbose_name='履行情况')),
                    ('guidance', models.CharField(blank=True, choices=[('court', '司法途径'), ('arbitration', '仲裁'), ('ruling', '行政裁决')], max_length=12, verbose_name='引导去向')),
                    ('area', mptt.fields.TreeForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area', verbose_name='网格或微网格')),
                    ('county', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area', verbose_name='县')),
                    ('grid', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area', verbose_name='网格')),
                    ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='立案人')),
                    ('ticket', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='dispute', to='issues.ticket')),
                    ('township', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area', verbose_name='乡镇')),
                    ('transferred_to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.department', verbose_name='转往单位')),
                    ('village', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area', verbose_name='村社')),
                ],
                options={
                    'verbose_name': '纠纷',
                    'verbose_name_plural': '纠纷',
                    'indexes': [models.Index(fields=['village', '-opened_at', '-id'], name='dispute_village'), models.Index(fields=['township', '-opened_at', '-id'], name='dispute_township'), models.Index(fields=['county', '-opened_at', '-id'], name='dispute_county'), models.Index(condition=models.Q(('follow_up_on__isnull', False)), fields=['follow_up_on', 'id'], name='dispute_follow_up')],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('state__in', ['failed', 'fulfilled', 'transferred', 'withdrawn'])), models.Q(('ended_at__isnull', True), ('state__in', ['agreed', 'mediating', 'opened'])), _connector='OR'), name='dispute_ended_iff_over'), models.CheckConstraint(condition=models.Q(models.Q(('follow_up_on__isnull', False), ('state', 'agreed')), models.Q(models.Q(('state', 'agreed'), _negated=True), ('follow_up_on__isnull', True)), _connector='OR'), name='dispute_asks_while_agreed'), models.CheckConstraint(condition=models.Q(('version__gte', models.F('moved_version'))), name='dispute_version_order')],
                },
            ),
            migrations.CreateModel(
                name='Disputant',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('position', models.PositiveSmallIntegerField()),
                    ('name', core.trust.privacy.EncryptedTextField(verbose_name='姓名')),
                    ('phone', core.trust.privacy.EncryptedTextField(blank=True, verbose_name='电话')),
                    ('dropped_at', models.DateTimeField(blank=True, null=True)),
                    ('household', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.household')),
                    ('dispute', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='disputants', to='mediation.dispute')),
                ],
                options={
                    'verbose_name': '当事人',
                    'verbose_name_plural': '当事人',
                    'ordering': ['position'],
                    'constraints': [models.UniqueConstraint(fields=('dispute', 'position'), name='disputant_position_once')],
                },
            ),
            migrations.CreateModel(
                name='Mediator',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', core.trust.privacy.EncryptedTextField(blank=True, verbose_name='姓名')),
                    ('outside', models.CharField(blank=True, choices=[('mediator', '人民调解员'), ('worthy', '乡贤'), ('party_member', '党员')], max_length=12, verbose_name='身份')),
                    ('is_principal', models.BooleanField(default=False, verbose_name='负责')),
                    ('dispute', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mediators', to='mediation.dispute')),
                    ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': '调解员',
                    'verbose_name_plural': '调解员',
                    'ordering': ['-is_principal', 'id'],
                    'indexes': [models.Index(condition=models.Q(('user__isnull', False)), fields=['user'], name='mediator_mine')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('is_principal', True)), fields=('dispute',), name='mediator_one_is_responsible'), models.UniqueConstraint(condition=models.Q(('user__isnull', False)), fields=('dispute', 'user'), name='mediator_once'), models.CheckConstraint(condition=models.Q(('user__isnull', False), models.Q(('outside', ''), _negated=True), _connector='XOR'), name='mediator_of_staff_or_outside')],
                },
            ),
            migrations.CreateModel(
                name='MediationSession',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('held_at', models.DateTimeField(verbose_name='调解时间')),
                    ('where', core.trust.freetext.EncryptedFreeTextField(verbose_name='地点')),
                    ('others', core.trust.freetext.EncryptedFreeTextField(blank=True, verbose_name='其他到场人员')),
                    ('said', core.trust.freetext.EncryptedFreeTextField(verbose_name='调解情况')),
                    ('next_step', core.trust.freetext.EncryptedFreeTextField(blank=True, verbose_name='下一步')),
                    ('recorded_at', models.DateTimeField()),
                    ('attended', models.ManyToManyField(blank=True, related_name='+', to='mediation.disputant')),
                    ('dispute', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to='mediation.dispute')),
                    ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': '调解记录',
                    'verbose_name_plural': '调解记录',
                    'ordering': ['-held_at', '-id'],
                },
            ),
            migrations.CreateModel(
                name='Agreement',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('round', models.PositiveSmallIntegerField()),
                    ('terms', core.trust.freetext.EncryptedFreeTextField(verbose_name='协议内容')),
                    ('manner', core.trust.freetext.EncryptedFreeTextField(blank=True, verbose_name='履行方式和期限')),
                    ('agreed_on', models.DateField(blank=True, null=True, verbose_name='签订日期')),
                    ('written_at', models.DateTimeField()),
                    ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('dispute', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='agreements', to='mediation.dispute')),
                ],
                options={
                    'verbose_name': '调解协议',
                    'verbose_name_plural': '调解协议',
                    'ordering': ['-round'],
                    'constraints': [models.UniqueConstraint(fields=('dispute', 'round'), name='agreement_once_a_round')],
                },
            ),
            migrations.CreateModel(
                name='DisputeEvent',
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
                    ('dispute', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='mediation.dispute')),
                ],
                options={
                    'verbose_name': '纠纷经过',
                    'verbose_name_plural': '纠纷经过',
                    'ordering': ['-version'],
                    'constraints': [models.UniqueConstraint(fields=('dispute', 'version'), name='dispute_event_once')],
                },
            ),
            migrations.CreateModel(
                name='DisputeSeries',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('year', models.PositiveSmallIntegerField()),
                    ('last', models.PositiveIntegerField(default=0)),
                    ('township', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grids.area')),
                ],
                options={
                    'verbose_name': '纠纷编号序列',
                    'verbose_name_plural': '纠纷编号序列',
                    'constraints': [models.UniqueConstraint(fields=('township', 'year'), name='dispute_series_once')],
                },
            ),
        ]),
    ]

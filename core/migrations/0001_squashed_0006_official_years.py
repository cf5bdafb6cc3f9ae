"""The tables of core as they are now, and the triggers that keep the trail and its chain append-only."""

import core.clock
import django.db.models.deletion
from django.db import migrations, models

from core import sql
from core.rows.tables import CreateModels


def guard(apps, schema_editor):
    for statements in (sql.AUDIT_GUARD, sql.CHAIN_GUARD):
        for statement in statements[schema_editor.connection.vendor]:
            schema_editor.execute(statement, params=None)


def unguard(apps, schema_editor):
    for statements in (sql.AUDIT_UNGUARD, sql.CHAIN_UNGUARD):
        for statement in statements[schema_editor.connection.vendor]:
            schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):

    replaces = [('core', '0001_initial'), ('core', '0002_append_only_audit'), ('core', '0003_allowance'), ('core', '0004_send_queue'), ('core', '0005_trail_chain'), ('core', '0006_official_years')]

    initial = True

    dependencies = []

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='OfficialYear',
                fields=[
                    ('year', models.PositiveSmallIntegerField(primary_key=True, serialize=False, verbose_name='年份')),
                    ('document', models.CharField(max_length=100, verbose_name='依据')),
                    ('entered_at', models.DateTimeField(verbose_name='录入时间')),
                ],
                options={
                    'verbose_name': '年度放假安排',
                    'verbose_name_plural': '年度放假安排',
                },
            ),
            migrations.CreateModel(
                name='CalendarException',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField(unique=True, verbose_name='日期')),
                    ('is_working', models.BooleanField(verbose_name='上班')),
                    ('note', models.CharField(blank=True, max_length=100, verbose_name='说明')),
                    ('official', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, to='core.officialyear')),
                ],
                options={
                    'verbose_name': '工作日例外',
                    'verbose_name_plural': '工作日例外',
                    'ordering': ('day',),
                },
            ),
            migrations.CreateModel(
                name='Sentinel',
                fields=[
                    ('name', models.CharField(max_length=100, primary_key=True, serialize=False)),
                ],
                options={
                    'verbose_name': '锁',
                    'verbose_name_plural': '锁',
                },
            ),
            migrations.CreateModel(
                name='IdempotencyKey',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('owner', models.CharField(max_length=100)),
                    ('key', models.CharField(max_length=64)),
                    ('body_sha256', models.CharField(max_length=64)),
                    ('result', models.TextField(null=True)),
                    ('created_at', models.DateTimeField(default=core.clock.now)),
                ],
                options={
                    'verbose_name': '防重凭据',
                    'verbose_name_plural': '防重凭据',
                    'indexes': [models.Index(fields=['created_at'], name='core_idempotency_age')],
                    'constraints': [models.UniqueConstraint(fields=('owner', 'key'), name='core_idempotency_once')],
                },
            ),
            migrations.CreateModel(
                name='Allowance',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=100)),
                    ('ends_at', models.DateTimeField()),
                    ('used', models.PositiveIntegerField(default=0)),
                ],
                options={
                    'verbose_name': '次数限制',
                    'verbose_name_plural': '次数限制',
                    'indexes': [models.Index(fields=['ends_at'], name='core_allowance_age')],
                    'constraints': [models.UniqueConstraint(fields=('name', 'ends_at'), name='core_allowance_once')],
                },
            ),
            migrations.CreateModel(
                name='OutboxRow',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('topic', models.CharField(max_length=64, verbose_name='主题')),
                    ('payload', models.JSONField(default=dict, verbose_name='内容')),
                    ('key', models.CharField(max_length=200, unique=True, verbose_name='唯一键')),
                    ('queue', models.CharField(choices=[('urgent', '紧急'), ('default', '一般'), ('bulk', '批量'), ('send', '外发')], default='default', max_length=8, verbose_name='队列')),
                    ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='次数')),
                    ('created_at', models.DateTimeField(default=core.clock.now, verbose_name='写入')),
                    ('next_at', models.DateTimeField(default=core.clock.now, verbose_name='下次')),
                    ('token', models.CharField(blank=True, default='', max_length=32)),
                    ('leased_until', models.DateTimeField(null=True)),
                    ('done_at', models.DateTimeField(null=True, verbose_name='完成')),
                    ('parked_at', models.DateTimeField(null=True, verbose_name='搁置')),
                    ('last_error', models.TextField(blank=True, default='', verbose_name='最近错误')),
                ],
                options={
                    'verbose_name': '待发事项',
                    'verbose_name_plural': '待发事项',
                    'indexes': [models.Index(condition=models.Q(('attempts', 0), ('done_at', None), ('parked_at', None)), fields=['queue', 'next_at', 'id'], name='core_outbox_fresh'), models.Index(condition=models.Q(('attempts__gt', 0), ('done_at', None), ('parked_at', None)), fields=['queue', 'next_at', 'id'], name='core_outbox_retry'), models.Index(condition=models.Q(('parked_at__isnull', False)), fields=['parked_at'], name='core_outbox_parked'), models.Index(condition=models.Q(('done_at__isnull', False)), fields=['done_at'], name='core_outbox_done')],
                },
            ),
            migrations.CreateModel(
                name='EngineBeat',
                fields=[
                    ('name', models.CharField(max_length=50, primary_key=True, serialize=False)),
                    ('at', models.DateTimeField()),
                ],
                options={
                    'verbose_name': '引擎心跳',
                    'verbose_name_plural': '引擎心跳',
                },
            ),
            migrations.CreateModel(
                name='AuditEntry',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(default=core.clock.now, verbose_name='时间')),
                    ('verb', models.CharField(max_length=64, verbose_name='动作')),
                    ('actor_id', models.BigIntegerField(null=True, verbose_name='人员编号')),
                    ('actor_label', models.CharField(blank=True, max_length=150, verbose_name='人员')),
                    ('object_type', models.CharField(blank=True, max_length=64, verbose_name='对象类型')),
                    ('object_id', models.CharField(blank=True, max_length=64, verbose_name='对象编号')),
                    ('detail', models.JSONField(default=dict, verbose_name='详情')),
                    ('request_id', models.CharField(blank=True, max_length=64, verbose_name='请求编号')),
                ],
                options={
                    'verbose_name': '审计记录',
                    'verbose_name_plural': '审计记录',
                    'indexes': [models.Index(fields=['object_type', 'object_id', 'id'], name='core_audit_object'), models.Index(fields=['actor_id', 'id'], name='core_audit_actor'), models.Index(fields=['at'], name='core_audit_at')],
                },
            ),
            migrations.CreateModel(
                name='TrailLink',
                fields=[
                    ('position', models.BigIntegerField(primary_key=True, serialize=False)),
                    ('entry_id', models.BigIntegerField(unique=True)),
                    ('digest', models.CharField(max_length=64)),
                    ('signature', models.CharField(blank=True, default='', max_length=64)),
                ],
                options={
                    'verbose_name': '审计链',
                    'verbose_name_plural': '审计链',
                },
            ),
        ]),
        migrations.RunPython(guard, unguard, elidable=False),
    ]

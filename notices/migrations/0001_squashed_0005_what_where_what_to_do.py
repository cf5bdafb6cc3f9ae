import core.trust.freetext
import core.trust.privacy
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from core.rows.tables import CreateModels


class Migration(migrations.Migration):

    replaces = [('notices', '0001_initial'), ('notices', '0002_channels'), ('notices', '0003_county_times'), ('notices', '0004_free_text'), ('notices', '0005_what_where_what_to_do')]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Notice',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=24)),
                    ('text', core.trust.freetext.FreeTextField(max_length=200, verbose_name='什么事')),
                    ('url', models.CharField(blank=True, max_length=200)),
                    ('key', models.CharField(max_length=80)),
                    ('is_urgent', models.BooleanField(default=False)),
                    ('created_at', models.DateTimeField()),
                    ('read_at', models.DateTimeField(blank=True, null=True)),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to=settings.AUTH_USER_MODEL)),
                    ('number', models.CharField(blank=True, default='', max_length=40)),
                    ('state', models.CharField(blank=True, default='', max_length=20)),
                    ('place', core.trust.freetext.FreeTextField(blank=True, default='', max_length=120, verbose_name='在哪里')),
                    ('todo', models.CharField(blank=True, default='', max_length=120, verbose_name='要做什么')),
                ],
                options={
                    'verbose_name': '消息',
                    'verbose_name_plural': '消息',
                    'indexes': [models.Index(fields=['user', '-created_at', '-id'], name='notice_inbox'), models.Index(condition=models.Q(('read_at__isnull', True)), fields=['user'], name='notice_unread')],
                    'constraints': [models.UniqueConstraint(fields=('user', 'key'), name='notice_once')],
                },
            ),
            migrations.CreateModel(
                name='Reach',
                fields=[
                    ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='reach', serialize=False, to=settings.AUTH_USER_MODEL)),
                    ('email', core.trust.privacy.EncryptedTextField(blank=True, default='', verbose_name='邮箱')),
                    ('nonce', models.CharField(blank=True, default='', max_length=32)),
                    ('asked_at', models.DateTimeField(blank=True, null=True)),
                    ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                    ('modes', models.JSONField(default=dict)),
                    ('quiet', models.CharField(choices=[('county', '按县里规定'), ('own', '自己定'), ('none', '不设')], default='county', max_length=8)),
                    ('quiet_from', models.TimeField(blank=True, null=True)),
                    ('quiet_until', models.TimeField(blank=True, null=True)),
                ],
                options={
                    'verbose_name': '通知设置',
                    'verbose_name_plural': '通知设置',
                },
            ),
            migrations.CreateModel(
                name='CountyTimes',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('quiet_from', models.TimeField(null=True, verbose_name='免打扰从')),
                    ('quiet_until', models.TimeField(null=True, verbose_name='免打扰到')),
                    ('first_digest', models.TimeField(verbose_name='第一次汇总')),
                    ('second_digest', models.TimeField(null=True, verbose_name='第二次汇总')),
                    ('version', models.PositiveIntegerField(default=0)),
                    ('changed_at', models.DateTimeField(verbose_name='修改时间')),
                    ('changed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': '通知时间',
                    'verbose_name_plural': '通知时间',
                },
            ),
            migrations.CreateModel(
                name='Endpoint',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=40, unique=True, verbose_name='名称')),
                    ('url', core.trust.privacy.EncryptedTextField(verbose_name='地址')),
                    ('secret', core.trust.privacy.EncryptedTextField(verbose_name='密钥')),
                    ('groups', models.JSONField(default=list, verbose_name='接收哪些')),
                    ('created_at', models.DateTimeField(verbose_name='添加时间')),
                    ('failures', models.PositiveIntegerField(default=0, verbose_name='连续失败')),
                    ('last_error', models.CharField(blank=True, default='', max_length=200, verbose_name='最近错误')),
                    ('reached_at', models.DateTimeField(blank=True, null=True, verbose_name='上次送达')),
                    ('paused_at', models.DateTimeField(blank=True, null=True, verbose_name='暂停时间')),
                ],
                options={
                    'verbose_name': '外部接收端',
                    'verbose_name_plural': '外部接收端',
                    'ordering': ('name',),
                },
            ),
            migrations.CreateModel(
                name='Delivery',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('key', models.CharField(max_length=120, unique=True)),
                    ('channel', models.CharField(max_length=24)),
                    ('kind', models.CharField(max_length=24)),
                    ('number', models.CharField(blank=True, default='', max_length=40)),
                    ('state', models.CharField(blank=True, default='', max_length=20)),
                    ('url', models.CharField(blank=True, default='', max_length=200)),
                    ('is_urgent', models.BooleanField(default=False)),
                    ('mode', models.CharField(choices=[('off', '不发'), ('once', '即时'), ('digest', '汇总')], default='once', max_length=8)),
                    ('since', models.DateTimeField(null=True)),
                    ('until', models.DateTimeField(null=True)),
                    ('created_at', models.DateTimeField()),
                    ('sent_at', models.DateTimeField(null=True)),
                    ('dropped', models.CharField(blank=True, default='', max_length=40)),
                    ('notice', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='notices.notice')),
                    ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('endpoint', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='notices.endpoint')),
                ],
                options={
                    'verbose_name': '外发',
                    'verbose_name_plural': '外发',
                    'indexes': [models.Index(fields=['endpoint', '-created_at'], name='delivery_endpoint'), models.Index(fields=['created_at'], name='delivery_age')],
                },
            ),
        ]),
    ]

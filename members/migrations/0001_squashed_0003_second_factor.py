import core.trust.privacy
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.rows.tables import CreateModels


class Migration(migrations.Migration):

    replaces = [('members', '0001_initial'), ('members', '0002_leave'), ('members', '0003_second_factor')]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('grids', '0001_squashed_0006_one_key'),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Department',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=20, unique=True, verbose_name='代码')),
                    ('name', models.CharField(max_length=60, verbose_name='名称')),
                    ('short_name', models.CharField(blank=True, max_length=20, verbose_name='简称')),
                    ('kind', models.CharField(choices=[('party', '党委'), ('government', '政府'), ('military', '军事'), ('vertical', '垂管'), ('mass', '群团'), ('utility', '公用企业'), ('office', '乡镇内设机构'), ('station', '驻镇站所')], max_length=12, verbose_name='类别')),
                    ('phone', models.CharField(blank=True, max_length=20, verbose_name='值班电话')),
                    ('retired_at', models.DateTimeField(blank=True, null=True, verbose_name='停用时间')),
                    ('stands_in_for', models.ManyToManyField(blank=True, related_name='local_offices', to='members.department', verbose_name='在本镇对应的县级部门')),
                    ('township', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='departments', to='grids.area', verbose_name='所在乡镇')),
                ],
                options={
                    'verbose_name': '部门',
                    'verbose_name_plural': '部门',
                    'ordering': ['code'],
                },
            ),
            migrations.CreateModel(
                name='User',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('password', models.CharField(max_length=128, verbose_name='password')),
                    ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                    ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                    ('username', models.CharField(max_length=40, unique=True, verbose_name='账号')),
                    ('name', models.CharField(max_length=40, verbose_name='姓名')),
                    ('pinyin', models.CharField(blank=True, max_length=120)),
                    ('phone', core.trust.privacy.EncryptedTextField(blank=True, verbose_name='手机')),
                    ('is_active', models.BooleanField(default=True, verbose_name='启用')),
                    ('is_staff', models.BooleanField(default=False, verbose_name='可进后台')),
                    ('is_demo', models.BooleanField(default=False, verbose_name='演示账号')),
                    ('must_change_password', models.BooleanField(default=True, verbose_name='须改初始密码')),
                    ('created_at', models.DateTimeField(verbose_name='开户时间')),
                    ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                    ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                    ('password_set_at', models.DateTimeField(null=True, verbose_name='设密码时间')),
                ],
                options={
                    'verbose_name': '人员',
                    'verbose_name_plural': '人员',
                    'constraints': [models.CheckConstraint(condition=models.Q(('is_superuser', False), ('is_staff', True), _connector='OR'), name='user_only_staff_is_superuser')],
                },
            ),
            migrations.CreateModel(
                name='SecondFactor',
                fields=[
                    ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='second_factor', serialize=False, to=settings.AUTH_USER_MODEL)),
                    ('secret', core.trust.privacy.EncryptedTextField()),
                    ('confirmed_at', models.DateTimeField(null=True, verbose_name='设好时间')),
                    ('last_step', models.BigIntegerField(default=0)),
                ],
                options={
                    'verbose_name': '第二重验证',
                    'verbose_name_plural': '第二重验证',
                },
            ),
            migrations.CreateModel(
                name='RecoveryCode',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('digest', models.CharField(max_length=64)),
                    ('used_at', models.DateTimeField(null=True, verbose_name='用掉时间')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recovery_codes', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': '恢复码',
                    'verbose_name_plural': '恢复码',
                    'constraints': [models.UniqueConstraint(fields=('user', 'digest'), name='recovery_code_once')],
                },
            ),
            migrations.CreateModel(
                name='Post',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('role', models.CharField(choices=[('system_admin', '系统管理员'), ('list_admin', '清单管理员'), ('county_dispatcher', '县分拨员'), ('county_leader', '县领导'), ('department_leader', '部门负责人'), ('department_handler', '部门承办人'), ('township_dispatcher', '乡镇分拨员'), ('township_leader', '乡镇领导'), ('village_secretary', '村社书记'), ('grid_chief', '网格长'), ('grid_worker', '网格员'), ('verifier', '核查员'), ('auditor', '审计员')], max_length=24, verbose_name='角色')),
                    ('side', models.CharField(choices=[('A', 'A 岗'), ('B', 'B 岗')], default='A', max_length=1, verbose_name='AB 岗')),
                    ('starts_on', models.DateField(verbose_name='到岗日')),
                    ('ends_on', models.DateField(blank=True, null=True, verbose_name='离岗日')),
                    ('area', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='grids.area', verbose_name='区域')),
                    ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='members.department', verbose_name='部门')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posts', to=settings.AUTH_USER_MODEL, verbose_name='人员')),
                ],
                options={
                    'verbose_name': '岗位',
                    'verbose_name_plural': '岗位',
                    'constraints': [models.CheckConstraint(condition=models.Q(('area__isnull', True), ('department__isnull', True), _connector='XOR'), name='post_at_area_or_department'), models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='post_ends_after_start'), models.UniqueConstraint(condition=models.Q(('area__isnull', False), ('ends_on__isnull', True)), fields=('user', 'role', 'area'), name='post_area_once'), models.UniqueConstraint(condition=models.Q(('department__isnull', False), ('ends_on__isnull', True)), fields=('user', 'role', 'department'), name='post_department_once')],
                },
            ),
            migrations.CreateModel(
                name='Leave',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('starts_on', models.DateField(verbose_name='从哪天')),
                    ('ends_on', models.DateField(verbose_name='到哪天')),
                    ('created_at', models.DateTimeField()),
                    ('cancelled_at', models.DateTimeField(blank=True, null=True, verbose_name='销假时间')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='leaves', to=settings.AUTH_USER_MODEL, verbose_name='人员')),
                ],
                options={
                    'verbose_name': '请假',
                    'verbose_name_plural': '请假',
                    'indexes': [models.Index(condition=models.Q(('cancelled_at__isnull', True)), fields=['ends_on'], name='leave_running')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='leave_ends_after_start')],
                },
            ),
        ]),
    ]

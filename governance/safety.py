"""What a production installation must not be: the start checks, each with a message that says what to do.

Owns the judgement only. It runs as system checks (always under `PRODUCTION=1`, and with `check --deploy`)
and before the web server or the supervisor starts. It must not change settings or data.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

MIN_SECRET_LENGTH = 50
MIN_SECRET_CHARACTERS = 5
KNOWN_SECRETS = ("django-insecure-", "change-me", "changeme", "secret", "example")


@dataclass(frozen=True)
class Problem:
    """One reason against a production start; `code` is stable and used by tests and documentation."""

    code: str
    message: str
    hint: str


def weak_secret(secret: str) -> bool:
    """Too short, too uniform, or one that stands in an example somewhere."""
    return (
        len(secret) < MIN_SECRET_LENGTH
        or len(set(secret)) < MIN_SECRET_CHARACTERS
        or secret.lower().startswith(KNOWN_SECRETS)
    )


def settings_problems() -> Iterator[Problem]:
    """What the settings alone tell; cheap and without a database."""
    if settings.DEBUG:
        yield Problem("debug", "生产环境不能打开 DEBUG。", "去掉环境变量 DEBUG，或设为 DEBUG=0。")
    if settings.SECRET_KEY_IS_GENERATED:
        yield Problem(
            "secret_missing",
            "生产环境没有设置 SECRET_KEY（正在使用自动生成的密钥）。",
            "设置 SECRET_KEY；可用 python -c 'import secrets; print(secrets.token_urlsafe(64))' 生成。",
        )
    elif weak_secret(settings.SECRET_KEY):
        yield Problem(
            "secret_weak",
            f"SECRET_KEY 太短或是示例值（至少 {MIN_SECRET_LENGTH} 个字符）。",
            "换成 python -c 'import secrets; print(secrets.token_urlsafe(64))' 生成的值。",
        )
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        yield Problem(
            "allowed_hosts",
            "生产环境没有限定 ALLOWED_HOSTS。",
            "设置 ALLOWED_HOSTS 为本站域名，多个用逗号分隔，例如 ALLOWED_HOSTS=wg.example.gov.cn。",
        )
    if not [key for key in settings.FIELD_KEYS if key.strip()]:
        yield Problem(
            "field_keys",
            "生产环境没有设置 FIELD_KEYS（电话、住址等字段的加密密钥）。",
            "设置 FIELD_KEYS；可用 python -c 'import secrets; print(secrets.token_urlsafe(48))' 生成，"
            "并与数据库备份分开保管。",
        )
    if settings.DEMO:
        yield Problem("demo_mode", "生产环境打开了演示数据（DEMO）。", "去掉环境变量 DEMO，或设为 DEMO=0。")


def database_problems() -> Iterator[Problem]:
    """Demo accounts in the database: their passwords are printed by a command, so everybody knows them."""
    user_model = apps.get_model(settings.AUTH_USER_MODEL)
    try:
        if user_model._meta.db_table not in connection.introspection.table_names():
            return
        found = user_model._default_manager.filter(is_demo=True).count()
    except DatabaseError as error:
        yield Problem(
            "database",
            f"无法查询数据库：{type(error).__name__}。",
            "检查 DATABASE_URL 和数据库服务，再运行 manage.py migrate。",
        )
        return
    if found:
        yield Problem(
            "demo_accounts",
            f"数据库里有 {found} 个演示账号，密码是公开的。",
            "用空数据库重新部署（演示数据不能转为正式数据），再运行 manage.py migrate。",
        )


def refuse_unsafe_start() -> None:
    """Raise `ImproperlyConfigured`, naming every problem, when this is production and not safe."""
    if not settings.PRODUCTION:
        return
    problems = [*settings_problems(), *database_problems()]
    if problems:
        reasons = "\n".join(f"  - {problem.message}{problem.hint}" for problem in problems)
        raise ImproperlyConfigured(f"拒绝启动：生产环境的设置不安全。\n{reasons}")


def register_checks() -> None:
    """Register the system checks; called once when the apps are ready."""
    checks.register(_settings_check, checks.Tags.security)
    checks.register(_deploy_settings_check, checks.Tags.security, deploy=True)
    checks.register(_deploy_database_check, checks.Tags.security, deploy=True)


def _settings_check(**_kwargs: Any) -> list[checks.CheckMessage]:
    return _as_errors(settings_problems) if settings.PRODUCTION else []


def _deploy_settings_check(**_kwargs: Any) -> list[checks.CheckMessage]:
    return [] if settings.PRODUCTION else _as_errors(settings_problems)


def _deploy_database_check(**_kwargs: Any) -> list[checks.CheckMessage]:
    return _as_errors(database_problems)


def _as_errors(source: Callable[[], Iterator[Problem]]) -> list[checks.CheckMessage]:
    return [checks.Error(problem.message, hint=problem.hint, id=f"safety.{problem.code}") for problem in source()]

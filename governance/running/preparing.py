"""Bringing an installation up to date before it is served: schema, demo data, static files.

Owns the order and the "nothing to do" tests that make a second start quick. The work itself is done by the
commands `migrate`, `demo` and `collectstatic`.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

UNFINISHED = "demo-unfinished"
# Files of libraries that no page of ours loads; compressing them would take longer than a first start may.
UNUSED_STATIC = [
    *("rest_framework", "django_filters", "mptt", "*.map"),
    *("django_htmx/ext/*", "htmax-*", "htmx-4*", "htmx-2.js", "jquery.js", "select2.full.js", "xregexp.js"),
]

Say = Callable[[str], object]


def prepare(say: Say) -> None:
    """Migrate, fill a new database with demo data (`settings.DEMO`), collect static files."""
    _drop_unfinished_demo(say)
    is_new = _migrate(say)
    if is_new and settings.DEMO and "demo" in get_commands():
        _fill(say)
    _collect_static(say)


def _marker() -> Path:
    return Path(settings.DATA_DIR) / UNFINISHED


def _drop_unfinished_demo(say: Say) -> None:
    """A first start that was broken off leaves half a history: begin again."""
    if not _marker().exists():
        return
    if settings.DATABASE_URL:
        raise CommandError("上一次生成演示数据没有完成。请清空 DATABASE_URL 指向的数据库后重试。")
    say("上一次生成演示数据没有完成，重新开始")
    connection.close()
    for path in Path(settings.DATA_DIR).glob("shanzhi.sqlite3*"):
        path.unlink()
    _marker().unlink()


def _migrate(say: Say) -> bool:
    """Apply what is missing. True when the database was empty before."""
    executor = MigrationExecutor(connection)
    is_new = not executor.loader.applied_migrations
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        say(f"更新数据库结构（{len(plan)} 步）")
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET statement_timeout = 0")
        call_command("migrate", interactive=False, verbosity=0)
        if not is_new:
            call_command("mask_numbers", verbosity=0)
    return is_new


def _fill(say: Say) -> None:
    say("生成演示数据（约一分钟，只在第一次运行时）")
    _marker().touch()
    call_command("demo")
    _marker().unlink()


def _collect_static(say: Say) -> None:
    root = Path(settings.STATIC_ROOT)
    stamp = root / ".digest"
    digest = _static_digest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    say("收集静态文件")
    root.mkdir(parents=True, exist_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=UNUSED_STATIC)
    stamp.write_text(digest)


def _static_digest() -> str:
    """Of the name, size and time of every source file: any change shows, nothing is read."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in sorted(finder.list(UNUSED_STATIC), key=lambda found: str(found[0])):
            stat = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()

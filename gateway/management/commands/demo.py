"""Fill an empty database with the demo county."""

from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from gateway.demo.build import build
from grids.models import Area

KEPT_STATEMENTS = 1000


class Command(BaseCommand):
    help = "在空数据库中生成演示数据：开平市各镇街的人员和九十天的工单，沙塘镇的户，清单。"

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("正式环境不能生成演示数据")
        if Area.objects.exists():
            raise CommandError("数据库里已有数据；演示数据只能在空数据库中生成（make reset 可以重来）")
        _keep_statements()
        began = monotonic()
        build(self.stdout.write)
        self.stdout.write(f"演示数据已生成，用时 {monotonic() - began:.0f} 秒")


def _keep_statements() -> None:
    """Let SQLite keep what it has compiled: in long transactions every savepoint is a statement of its own, and
    thousands of them push the others out of a cache of 128."""
    if connection.vendor == "sqlite":
        connection.close()
        connection.settings_dict["OPTIONS"]["cached_statements"] = KEPT_STATEMENTS

"""`manage.py prepare`: bring schema, demo data and static files up to date; quick when nothing changed."""

from typing import Any

from django.core.management.base import BaseCommand

from governance.running.preparing import prepare


class Command(BaseCommand):
    help = "更新数据库结构、演示数据（仅新库）和静态文件"

    def handle(self, *args: Any, **options: Any) -> None:
        prepare(self.stdout.write)

"""`manage.py retain [--now]`: what of households' personal data is past its time; with --now, forget it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from households.file.retention import retain


class Command(BaseCommand):
    help = "列出超过保存期限的住户个人信息；加 --now 立即清除（每晚也会自动清除）"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--now", action="store_true", help="清除")

    def handle(self, *args: Any, **options: Any) -> None:
        for kept in retain(dry_run=not options["now"]):
            self.stdout.write(f"{kept.what}: {kept.count}")

"""`manage.py forget_contacts [--now]`: ended tickets whose contacts are past their time; with --now, forget them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from issues.tending import forgetting


class Command(BaseCommand):
    help = "列出超过保存期限的点单人联系方式；加 --now 立即清除（每晚也会自动清除）"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--now", action="store_true", help="清除")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["now"]:
            self.stdout.write(f"forgotten: {forgetting.forget(everything=True)}")
            return
        due = forgetting.due(everything=True).filter(reporter__forgotten_at=None, reporter__isnull=False)
        self.stdout.write(f"contacts past their time: {due.count()}")

"""`manage.py rekey [--indexes]`: bring stored personal data under the newest key of FIELD_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.trust import rekeying
from core.trust.privacy import UnreadableField


class Command(BaseCommand):
    help = "把加密字段改用最新的密钥（可随时中断、重来）；--indexes 在撤下旧密钥之后重算检索索引"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--indexes", action="store_true", help="重算检索索引")

    def handle(self, *args: Any, **options: Any) -> None:
        turn = rekeying.reindex if options["indexes"] else rekeying.rekey
        try:
            for done in turn():
                self.stdout.write(f"{done.table}.{done.column}: {done.written} / {done.seen}")
        except UnreadableField as error:
            raise CommandError("有数据用现有密钥都解不开：请把当时的密钥加回 FIELD_KEYS 再试") from error

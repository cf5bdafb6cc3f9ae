"""`manage.py mask_numbers`: telephones in stored free words masked and sealed, identity numbers taken out."""

from typing import Any

from django.core.management.base import BaseCommand

from core.trust.veiling import veil


class Command(BaseCommand):
    help = "把已存文字中的电话号码遮盖并加密、身份证号删去（升级后运行一次；可随时中断、重来）"

    def handle(self, *_args: Any, **options: Any) -> None:
        for done in veil():
            if options["verbosity"]:
                self.stdout.write(f"{done.table}.{done.column}: {done.written} / {done.seen}")

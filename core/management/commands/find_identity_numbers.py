"""`manage.py find_identity_numbers`: where identity numbers are stored; exit code 1 when there is one. Prints none."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.trust.sweeping import sweep


class Command(BaseCommand):
    help = "Look through every text that is stored, encrypted ones too, for identity numbers; names row and column."

    def handle(self, *_args: Any, **_options: Any) -> None:
        count = 0
        for found in sweep():
            count += 1
            self.stdout.write(str(found))
        if count:
            raise CommandError(f"{count} value(s) hold an identity number; delete them where they stand")
        self.stdout.write("no identity number is stored")

"""`manage.py doctor [--fix]`: says what is damaged; exit code 1 when something is left."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import doctor


class Command(BaseCommand):
    help = "Compare stored data with its sources; --fix repairs what can be rebuilt."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--fix", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        for name, lines in doctor.shown().items():
            self.stdout.write(f"{name}:")
            for line in lines:
                self.stdout.write(f"    {line}")
        results = doctor.examine(fix=bool(options["fix"]))
        for name, findings in results.items():
            self.stdout.write(f"{name}: {'ok' if not findings else f'{len(findings)} finding(s)'}")
            for finding in findings:
                self.stdout.write(f"  - {finding}")
        for warning in doctor.warnings():
            self.stdout.write(f"warning: {warning}")
        if any(results.values()) and not options["fix"]:
            raise CommandError("findings above; run with --fix to repair what can be rebuilt")

"""Import a county's administrative divisions: `manage.py import_divisions data/kaiping_divisions.csv`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from grids.divisions import BadDivisions, import_divisions


class Command(BaseCommand):
    help = "Bring the area tree in line with a CSV file of code, name, level, parent_code; all or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *_args: Any, file: Path, **_options: Any) -> None:
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CommandError(_("读不到文件 %(file)s：%(error)s") % {"file": file, "error": error.strerror}) from error
        try:
            done = import_divisions(content=content, actor=None)
        except BadDivisions as error:
            raise CommandError(_("没有导入任何一行。\n%(problems)s") % {"problems": error.message}) from error
        if not done.added and not done.renamed:
            self.stdout.write(_("没有变化：%(n)d 个区划都已一致。") % {"n": done.unchanged})
        else:
            self.stdout.write(
                _("新增 %(added)d 个，改名 %(renamed)d 个，未变 %(unchanged)d 个。")
                % {"added": done.added, "renamed": done.renamed, "unchanged": done.unchanged}
            )

"""Import a county's responsibility list, or the offices of one township, from a YAML file."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.errors import DomainError
from duties.catalogue.careful_reading import BadCatalogueError
from duties.catalogue.importing import import_catalogue, import_offices
from duties.catalogue.items_file import read
from duties.catalogue.offices import read_offices
from grids.models import Area
from members.models import Department


class Command(BaseCommand):
    help = "导入责任清单(第 1 版，随即施行)；加 --offices 时导入一个乡镇的内设机构和站所。重复执行不改动已有数据。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="清单文件(YAML)")
        parser.add_argument("--county", help="县的 12 位区划代码")
        parser.add_argument("--starts-on", type=date.fromisoformat, help="施行日，如 2026-01-01；缺省为今天")
        parser.add_argument("--aliases", type=Path, help="群众叫法、图标和部门简称(YAML)，如 data/item_aliases.yaml")
        parser.add_argument("--offices", type=Path, help="乡镇内设机构和站所(YAML)，如 data/township_offices.yaml")
        parser.add_argument("--township", help="--offices 所属乡镇的 12 位区划代码")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["file"] and not options["offices"]:
            raise CommandError("须给出清单文件或 --offices")
        try:
            if options["file"]:
                self._import_list(options)
            if options["offices"]:
                self._import_offices(options)
        except BadCatalogueError as error:
            raise CommandError("\n".join(["文件有误，什么也没有导入：", *error.problems])) from error
        except DomainError as error:
            raise CommandError(error.message) from error

    def _import_list(self, options: dict[str, Any]) -> None:
        county = _area(options["county"], "--county")
        extras = _text(options["aliases"]) if options["aliases"] else ""
        catalogue = read(_text(options["file"]), extras)
        done = import_catalogue(catalogue=catalogue, county=county, starts_on=options["starts_on"])
        self.stdout.write(f"新增部门 {done.departments_added} 个")
        if done.is_new:
            self.stdout.write(f"{done.version}已导入：{len(catalogue.items)} 项，{done.version.starts_on} 起施行")
        else:
            self.stdout.write(f"清单已有{done.version}，未改动；修订请在清单页打开草稿")

    def _import_offices(self, options: dict[str, Any]) -> None:
        township = _area(options["township"], "--township")
        known = set(Department.objects.filter(township=None).values_list("code", flat=True))
        added = import_offices(rows=read_offices(_text(options["offices"]), known), township=township)
        self.stdout.write(f"{township.name}新增内设机构和站所 {added} 个")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"读不了文件 {path}：{error}") from error


def _area(code: str | None, option: str) -> Area:
    if not code:
        raise CommandError(f"须给出 {option}")
    area = Area.objects.filter(code=code).first()
    if area is None:
        raise CommandError(f"没有代码为 {code} 的区域，请先导入区划")
    return area

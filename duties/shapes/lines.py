"""Township duties and village self-governance: lines in parts (duties.shapes.parts)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from duties.models import DutyLine, ListKind, ListVersion, Part
from duties.shapes.base import Known, Shape, Skim, Stamp, department, retired_text
from duties.shapes.line_diff import Plain
from duties.shapes.parts import PARTS, PartInfo, part_of
from duties.shapes.rules import ENFORCEMENT_WORDS

TEXTS = ("part", "group", "name", "share", "basis")
FLAGS = ("closes_at_village", "borne_before")
COPIED = ("code", *TEXTS, *FLAGS, "lead_id", "initials", "digest")
AT_VILLAGE = (Part.AUTONOMY, Part.HELP)


class LineShape(Shape[DutyLine]):
    look = "lines"
    model = DutyLine
    most = {"name": 60, "group": 20, "share": 100, "basis": 500}

    def __init__(self, kind: ListKind) -> None:
        self.kind = kind
        own = ("share",) if kind == ListKind.TOWNSHIP_DUTIES else ("closes_at_village",)
        self.fields = ("name", "part", "group", "lead", *own, "borne_before", "basis")
        self.parts = PARTS[kind]

    def tab_name(self, line: Skim) -> str:
        return str(Part(line.tab).label)

    def tab_order(self, tab: str) -> Any:
        return [info.part.value for info in self.parts].index(tab)

    def rows(self, version: ListVersion) -> QuerySet[DutyLine]:
        """One query."""
        rows = DutyLine.objects.filter(version=version).select_related("lead")
        return rows.order_by("code")

    def skim(self, version: ListVersion, codes: Collection[str] | None = None) -> list[Skim]:
        labels = {info.part.value: str(info.part.label) for info in self.parts}
        rows = self.lines(version, codes)
        names = ("code", "name", "digest", "part", "group", "initials", "lead__short_name", "lead__name")
        return [
            Skim(
                code, name, mark, part, " · ".join(filter(None, (labels.get(part, part), group))), (), initials,
                f"{short or ''} {full or ''} {group}",
            )
            for code, name, mark, part, group, initials, short, full in rows.values_list(*names)
        ]  # fmt: skip

    def plain(self, row: DutyLine) -> Plain:
        kept: Plain = {name: getattr(row, name) for name in (*TEXTS, *FLAGS)}
        return kept | {"lead": row.lead.code if row.lead else ""}

    def readable(self, row: DutyLine) -> dict[str, str]:
        shown: dict[str, Any] = {
            "name": row.name,
            "part": row.get_part_display(),
            "group": row.group,
            "lead": str(row.lead or ""),
            "share": row.share,
            "closes_at_village": _("是") if row.closes_at_village else _("否"),
            "borne_before": _("是") if row.borne_before else _("否"),
            "basis": row.basis,
        }
        return {name: shown[name] for name in self.fields}

    def refusals(self, plain: Plain, known: Known) -> dict[str, str]:
        wrong = self.empty_text(plain)
        info = part_of(self.kind, plain["part"])
        if info is None:
            return wrong | {"part": _("没有“%(value)s”这一项可选") % {"value": str(plain["part"])[:20]}}
        department(plain, "lead", known, wrong, needed=False)
        if info.lead and not plain["lead"]:
            wrong["lead"] = _("“%(part)s”须写明“%(lead)s”哪个部门") % {"part": info.part.label, "lead": info.lead}
        if plain["lead"] and not info.lead:
            wrong["lead"] = _("“%(part)s”没有县级部门一栏，请空着") % {"part": info.part.label}
        if info.groups and plain["group"] not in info.groups:
            wrong["group"] = _("类别须是：%(groups)s") % {"groups": "、".join(info.groups)}
        return wrong | self._beside(info, plain)

    def _beside(self, info: PartInfo, plain: Plain) -> dict[str, str]:
        wrong = {}
        if plain["group"] and not info.groups:
            wrong["group"] = _("“%(part)s”不分类别，请空着") % {"part": info.part.label}
        if plain["share"] and not info.share:
            wrong["share"] = _("“%(part)s”没有配合内容，请空着") % {"part": info.part.label}
        if plain["closes_at_village"] and info.part not in AT_VILLAGE:
            wrong["closes_at_village"] = _("“%(part)s”不在村社办结") % {"part": info.part.label}
        return wrong

    def judge(self, row: DutyLine, base: DutyLine | None) -> Iterator[tuple[str, str, bool]]:
        info = part_of(self.kind, row.part)
        if info is not None and info.share and not row.share:
            yield "share", _("没有写明乡镇配合什么"), True
        if row.part in AT_VILLAGE and any(word in row.name for word in ENFORCEMENT_WORDS):
            yield "name", _("村社和网格员没有执法权，这一项不能交给他们"), True
        if base is None and row.part == Part.HELP and not row.borne_before:
            yield "borne_before", _("这是新加给村社的协助事项，会使减负率下降"), False

    def retired(self, version: ListVersion) -> Iterable[tuple[str, str, str, str]]:
        rows = DutyLine.objects.filter(version=version, lead__retired_at__isnull=False).select_related("lead")
        for row in rows.order_by("code"):
            if row.lead is not None:
                yield row.code, row.name, "lead", retired_text(_("县级部门"), row.lead)

    def create(self, version: ListVersion, plains: Mapping[str, Plain], known: Known, stamp: Stamp) -> None:
        DutyLine.objects.bulk_create(
            DutyLine(
                version=version,
                code=code,
                lead=known.departments[plain["lead"]] if plain["lead"] else None,
                **{name: plain[name] for name in (*TEXTS, *FLAGS)},
                **self.stored(plain),
                **stamp.columns(),
            )
            for code, plain in plains.items()
        )

    def copy(self, base: ListVersion, version: ListVersion) -> None:
        rows = DutyLine.objects.filter(version=base).order_by("pk").values(*COPIED)
        DutyLine.objects.bulk_create(DutyLine(version=version, **row) for row in rows)

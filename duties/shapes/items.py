"""Grid items (网格事项清单): the lines that tickets are sent by."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from core.days.calendar import Limit
from duties.models import Category, DutyItem, FirstLevel, Grade, ListKind, ListVersion
from duties.shapes.base import Known, Shape, Skim, Stamp, department, retired_text
from duties.shapes.copying import CATEGORY_FIELDS, GRADE_FIELDS, copy_items, copy_rows
from duties.shapes.limits import exceeds, problem
from duties.shapes.line_diff import Plain
from duties.shapes.rules import ALIAS_MAX, ALIASES_MAX, GRID_WORDS, PUNISHABLE_WORDS
from members.models import Department

BETWEEN_ALIASES = re.compile(r"[、,，;；\s]+")
TEXTS = ("name", "enforcement_body", "respond", "resolve", "closing_standard", "basis", "icon")
FLAGS = ("needs_photo", "is_sensitive", "is_common", "is_resident_tile")


class ItemShape(Shape[DutyItem]):
    kind = ListKind.GRID_ITEMS
    look = "items"
    model = DutyItem
    fields = (
        "name", "category", "aliases", "lead", "assisting", "enforcement_body", "grade", "first_level", "respond",
        "resolve", "closing_standard", "basis", "needs_photo", "is_sensitive", "icon", "is_common", "is_resident_tile",
    )  # fmt: skip
    most = {"name": 60, "enforcement_body": 60, "closing_standard": 200, "basis": 500, "icon": 16}

    def rows(self, version: ListVersion) -> QuerySet[DutyItem]:
        """Two queries."""
        return (
            DutyItem.objects.filter(version=version)
            .select_related("category", "lead", "grade")
            .prefetch_related("assisting")
            .order_by("code")
        )

    def skim(self, version: ListVersion, codes: Collection[str] | None = None) -> list[Skim]:
        rows = self.lines(version, codes)
        names = ("code", "name", "digest", "category__code", "category__name", "aliases", "initials")
        return [
            Skim(code, name, mark, tab, f"{tab} {title}", tuple(aliases), initials, f"{short} {full} {title}")
            for code, name, mark, tab, title, aliases, initials, short, full in rows.values_list(
                *names, "lead__short_name", "lead__name"
            )
        ]

    def plain(self, row: DutyItem) -> Plain:
        kept: Plain = {name: getattr(row, name) for name in (*TEXTS, *FLAGS, "first_level")}
        return kept | {
            "category": row.category.code,
            "aliases": list(row.aliases),
            "lead": row.lead.code,
            "assisting": sorted(d.code for d in row.assisting.all()),
            "grade": row.grade.code,
        }

    def readable(self, row: DutyItem) -> dict[str, str]:
        return {
            "name": row.name,
            "category": str(row.category),
            "aliases": "、".join(row.aliases),
            "lead": str(row.lead),
            "assisting": "、".join(str(d) for d in sorted(row.assisting.all(), key=lambda d: d.code)),
            "enforcement_body": row.enforcement_body or _("不涉及"),
            "grade": row.grade.name,
            "first_level": row.get_first_level_display(),
            "respond": row.respond_limit.label + ("" if row.respond else _("（按级别）")),
            "resolve": row.resolve_limit.label + ("" if row.resolve else _("（按级别）")),
            "closing_standard": row.closing_standard,
            "basis": row.basis,
            "needs_photo": _("须附") if row.needs_photo else _("不须"),
            "is_sensitive": _yes(row.is_sensitive),
            "icon": row.icon,
            "is_common": _yes(row.is_common),
            "is_resident_tile": _yes(row.is_resident_tile),
        }

    def refusals(self, plain: Plain, known: Known) -> dict[str, str]:
        wrong = self.empty_text(plain)
        department(plain, "lead", known, wrong)
        for name, among in (
            ("category", known.categories),
            ("grade", known.grades),
            ("first_level", FirstLevel.values),
        ):
            if plain[name] not in among:
                wrong[name] = _("没有“%(value)s”这一项可选") % {"value": str(plain[name])[:20]}
        for name in ("respond", "resolve"):
            if plain[name] and (trouble := problem(plain[name])):
                wrong[name] = trouble
        if not plain["closing_standard"]:
            wrong["closing_standard"] = _("结案标准不能为空")
        if plain["is_sensitive"] and plain["is_resident_tile"]:
            wrong["is_resident_tile"] = _("涉敏感信息的事项不能放在群众点单页")
        return wrong | _assisting(plain, known) | _aliases(plain)

    def judge(self, row: DutyItem, base: DutyItem | None) -> Iterator[tuple[str, str, bool]]:
        if base is not None and base.enforcement_body and not row.enforcement_body:
            yield "enforcement_body", _("可处罚事项须填执法主体"), True
        elif not row.enforcement_body and any(word in row.name for word in PUNISHABLE_WORDS):
            yield "enforcement_body", _("看名称像是可处罚的，请确认是否真的不涉及执法"), False
        if any(word in row.enforcement_body for word in GRID_WORDS):
            yield "enforcement_body", _("执法主体不能是网格员或村社，他们没有执法权"), True
        if not row.aliases:
            yield "aliases", _("没有群众叫法，群众点单时不好找"), False
        yield from _over_cap(row, base)

    def retired(self, version: ListVersion) -> Iterable[tuple[str, str, str, str]]:
        lines = DutyItem.objects.filter(version=version).order_by("code")
        for row in lines.filter(lead__retired_at__isnull=False).select_related("lead"):
            yield row.code, row.name, "lead", retired_text(_("牵头部门"), row.lead)
        helped = lines.filter(assisting__retired_at__isnull=False).annotate(helper=F("assisting"))
        gone = {d.pk: d for d in _retired()} if (found := list(helped)) else {}
        for row in found:
            yield row.code, row.name, "assisting", retired_text(_("配合部门"), gone[row.helper])

    def create(self, version: ListVersion, plains: Mapping[str, Plain], known: Known, stamp: Stamp) -> None:
        made = DutyItem.objects.bulk_create(
            DutyItem(
                version=version,
                code=code,
                category=known.categories[plain["category"]],
                lead=known.departments[plain["lead"]],
                grade=known.grades[plain["grade"]],
                aliases=list(plain["aliases"]),
                **{name: plain[name] for name in (*TEXTS, *FLAGS, "first_level")},
                **self.stored(plain),
                **stamp.columns(),
            )
            for code, plain in plains.items()
        )
        link = DutyItem.assisting.through
        link.objects.bulk_create(
            link(dutyitem_id=row.pk, department_id=known.departments[code].pk)
            for row, plain in zip(made, plains.values(), strict=True)
            for code in plain["assisting"]
        )

    def copy(self, base: ListVersion, version: ListVersion) -> None:
        categories = copy_rows(Category, base, version, CATEGORY_FIELDS)
        grades = copy_rows(Grade, base, version, GRADE_FIELDS)
        copy_items(base.items.select_related("category", "grade"), version, categories, grades)


def _yes(value: bool) -> str:
    return _("是") if value else _("否")


def _retired() -> QuerySet[Department]:
    return Department.objects.filter(retired_at__isnull=False)


def _assisting(plain: Plain, known: Known) -> dict[str, str]:
    codes = plain["assisting"]
    unknown = [code for code in codes if code not in known.departments]
    if unknown:
        return {"assisting": _("没有代码为“%(code)s”的县级部门") % {"code": unknown[0][:20]}}
    if len(set(codes)) != len(codes):
        return {"assisting": _("配合部门有重复")}
    if plain["lead"] in codes:
        return {"assisting": _("牵头部门不能同时是配合部门")}
    return {}


def _aliases(plain: Plain) -> dict[str, str]:
    aliases = plain["aliases"]
    if len(aliases) > ALIASES_MAX or any(len(alias) > ALIAS_MAX for alias in aliases):
        words = {"n": ALIASES_MAX, "most": ALIAS_MAX}
        return {"aliases": _("最多 %(n)d 个叫法，每个不超过 %(most)d 个字") % words}
    if len(set(aliases)) != len(aliases) or any(not a or BETWEEN_ALIASES.search(a) for a in aliases):
        return {"aliases": _("群众叫法有重复，或里面有顿号、逗号、空格")}
    return {}


def _over_cap(item: DutyItem, base: DutyItem | None) -> Iterator[tuple[str, str, bool]]:
    """A limit above its grade's blocks, unless the base was above already and it has not become longer."""
    for name, word in (("respond", _("首次响应时限")), ("resolve", _("办结时限"))):
        limit, cap = limit_and_cap(item, name)
        if not exceeds(limit, cap):
            continue
        was_over = False
        if base is not None:
            before, cap_before = limit_and_cap(base, name)
            was_over = exceeds(before, cap_before) and not exceeds(limit, before)
        words = {"word": word, "limit": limit.label, "grade": item.grade.name, "cap": cap.label}
        yield name, _("%(word)s%(limit)s，超过级别“%(grade)s”的%(cap)s") % words, not was_over


def limit_and_cap(item: DutyItem, name: str) -> tuple[Limit, Limit]:
    limit = item.respond_limit if name == "respond" else item.resolve_limit
    return limit, Limit.parse(getattr(item.grade, name))

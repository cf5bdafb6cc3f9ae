"""What a text is like among lines of the lists in force, admitted things, fields already asked. Reads only."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, Subquery
from django.urls import NoReverseMatch, reverse

from admission.likeness import likeness, pairs
from admission.models import Admission, Hit
from admission.workflow.rules import COVERED_FROM, MOST_HITS, SIMILAR_FROM, SYSTEM_FIELDS
from core import clock
from duties.lists.addresses import url_of as url_of_list
from duties.models import DutyItem, DutyLine, DutyList, ListVersion, VersionState
from duties.shapes.parts import part_of

Where = Hit.Where


@dataclass(frozen=True)
class Known:
    """Something that is asked of grids, or known, already: its name and the other words it goes by."""

    where: Hit.Where
    code: str
    label: str
    words: tuple[str, ...]
    holds: bool = True  # a line that was cleared away or returned to the county says the opposite

    @property
    def ways(self) -> list[frozenset[str]]:
        return [pairs(text) for text in (self.label, *self.words) if text]


@dataclass(frozen=True)
class Match:
    """How alike one text and one known thing are."""

    known: Known
    asked: str
    percent: int

    def as_json(self) -> dict[str, object]:
        return {
            "where": str(self.known.where.value), "code": self.known.code, "label": self.known.label,
            "percent": self.percent, "covers": self.covers,
        }  # fmt: skip

    @property
    def covers(self) -> bool:
        """Whether it is so much alike that the known thing is a basis for what is asked."""
        return self.known.holds and self.percent >= COVERED_FROM

    @property
    def line(self) -> str:
        return f"{self.known.code} {self.known.label}".strip()


def versions_in_force(day: date) -> list[int]:
    """The version in force of every list of the county."""
    newest = ListVersion.objects.filter(
        duty_list=OuterRef("pk"), state=VersionState.PUBLISHED, starts_on__lte=day
    ).order_by("-starts_on", "-number")
    found = DutyList.objects.annotate(current=Subquery(newest.values("pk")[:1])).values_list("current", flat=True)
    return [pk for pk in found if pk is not None]


def listed() -> list[Known]:
    """The lines of all three lists in force. Three queries."""
    versions = versions_in_force(clock.today())
    items = DutyItem.objects.filter(version__in=versions).order_by("code")
    lines = DutyLine.objects.filter(version__in=versions).select_related("version__duty_list").order_by("code")
    return [
        *(Known(Where.ITEM, item.code, item.name, tuple(map(str, item.aliases))) for item in items),
        *map(_line, lines),
    ]


def _line(line: DutyLine) -> Known:
    part = part_of(line.version.duty_list.kind, line.part)
    holds = part is None or part.is_borne
    name = line.name if holds else f"{line.name}（{line.get_part_display()}）"
    return Known(Where.ITEM, line.code, name, (line.name,), holds)


def admitted(but: Sequence[int] = ()) -> list[Known]:
    """What is in force by admission. One query."""
    rows = Admission.objects.in_force().exclude(pk__in=but).order_by("pk")
    return [Known(Where.ADMITTED, row.number, row.title, ()) for row in rows]


def known_fields(but: Sequence[int] = ()) -> list[str]:
    """Fields that the system has, or that something in force asks for."""
    rows = Admission.objects.in_force().exclude(pk__in=but).values_list("fields", flat=True)
    return list(dict.fromkeys((*SYSTEM_FIELDS, *(str(name) for fields in rows for name in fields))))


def matches(text: str, known: Iterable[Known], at_least: int) -> Iterator[Match]:
    """Everything that `text` is at least so much like."""
    own = pairs(text)
    for one in known:
        percent = max((likeness(own, way) for way in one.ways), default=0)
        if percent >= at_least:
            yield Match(one, text, percent)


def best(text: str, at_least: int = SIMILAR_FROM, most: int = MOST_HITS) -> list[Match]:
    """What a text is most like among lists and admissions, best first."""
    found = matches(text, [*listed(), *admitted()], at_least)
    return sorted(found, key=lambda match: (-match.percent, match.known.code))[:most]


def hits_of(title: str, fields: Sequence[str], but: Sequence[int]) -> list[Match]:
    """The automatic check of an application: its name against lists and admissions, its fields against fields."""
    found = list(matches(title, [*listed(), *admitted(but)], SIMILAR_FROM))
    have = [Known(Where.FIELD, "", name, ()) for name in known_fields(but)]
    for name in fields:
        alike = sorted(matches(name, have, SIMILAR_FROM), key=lambda match: -match.percent)
        found += alike[:1]
    return sorted(found, key=lambda match: (-match.percent, match.known.code))[:MOST_HITS]


def url_of(where: str, code: str) -> str:
    """The page of a known thing, if it has one."""
    try:
        if where == Where.ITEM:
            in_force = DutyLine.objects.filter(version__in=versions_in_force(clock.today()), code=code)
            line = in_force.select_related("version__duty_list").first()
            return url_of_list("item", line.version, code) if line else reverse("lists:phone_item", args=[code])
        if where == Where.ADMITTED:
            pk = Admission.objects.filter(number=code).values_list("pk", flat=True).first()
            return reverse("admission:detail", args=[pk]) if pk else ""
    except NoReverseMatch:
        return ""
    return ""

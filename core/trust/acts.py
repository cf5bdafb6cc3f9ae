"""What the trail can say: its acts, their details and the names of what they are about. A closed set, in words.

Each app adds its own (`ACTS`, `NAMINGS`); `core.trust.audit` refuses an act, or a detail of one, that nobody declared,
so that no page can come upon a word it does not know. Rows written by older versions are told as far as they are
understood. Names are looked up when they are read, by fixed numbers of queries: the trail keeps ids and codes.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.models import AuditEntry
from core.registry import Registry
from core.text import Text

MOST_TOLD = 8
"""Of a list of things so many are named, then their number."""

Names = Mapping[str, Mapping[str, str]]
"""By naming: key → name."""
Words = Mapping[str, Text] | Callable[[], Mapping[str, Text]]


@dataclass(frozen=True)
class Naming:
    """How things of one kind are called by those who read the trail; `names` answers for many keys at once."""

    key: str
    names: Callable[[Collection[str]], Mapping[str, str]]


@dataclass(frozen=True)
class Detail:
    """What a detail is called, and how its value is told; without a label it is kept and never shown."""

    label: Text
    tell: Callable[[Any], str] = str
    naming: str = ""
    """Whose keys the values are; `tell` is for what is not found."""


@dataclass(frozen=True)
class Act:
    verb: str
    label: Text
    details: Mapping[str, Detail] = field(default_factory=dict)

    def detail(self, name: str) -> Detail | None:
        return self.details.get(name) or COMMON.get(name)


@dataclass(frozen=True)
class Told:
    """One entry in words."""

    at: datetime
    actor: str
    act: str
    thing: str
    detail: str


ACTS: Registry[Act] = Registry("acts of the trail", key=attrgetter("verb"))
NAMINGS: Registry[Naming] = Registry("names of what the trail is about", key=attrgetter("key"))


# ---- declaring ------------------------------------------------------------------------------------------------
def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return str(value)


def act(verb: str, label: Text, /, **details: Detail) -> Act:
    return Act(verb, label, details)


def plain(label: Text) -> Detail:
    """A number, a day or a code that its readers know."""
    return Detail(label, _plain)


def one_of(label: Text, words: Words) -> Detail:
    """One or several of a closed set, in its words."""

    def tell(value: Any) -> str:
        known = words() if callable(words) else words
        return str(known.get(str(value), _("其他")))

    return Detail(label, tell)


def named(label: Text, naming: str) -> Detail:
    """The key of a row, or several, by their names."""
    return Detail(label, lambda _key: _("已不在册"), naming)


def told_by(label: Text, tell: Callable[[Any], str]) -> Detail:
    """What needs a function of its own to be said."""
    return Detail(label, tell)


UNTOLD = Detail("")
"""Kept for who has to look into the database: free words, which may name a resident, and digests of no meaning."""

COMMON: Mapping[str, Detail] = {
    "reason": UNTOLD,
    "code": plain(gettext_lazy("编号")),
    "count": plain(gettext_lazy("数量")),
    "format": one_of(gettext_lazy("格式"), {"xlsx": gettext_lazy("Excel 表格"), "csv": gettext_lazy("CSV 文本表格")}),
}
"""What several acts have, and what it means in each that does not say otherwise."""


def naming_of(model: type[Model], say: Callable[[Any], str], *, by: str = "pk", beside: Collection[str] = ()) -> Naming:
    """Names of rows of `model`, found by `by`; `beside` are relations that `say` reads."""

    def names(keys: Collection[str]) -> dict[str, str]:
        column = model._meta.pk if by == "pk" else model._meta.get_field(by)
        known = []
        for key in keys:
            try:
                known.append(column.to_python(key))  # type: ignore[union-attr]
            except ValidationError:
                continue  # no key of this kind: told as gone
        rows = model._default_manager.select_related(*beside).filter(**{f"{by}__in": known})
        return {str(getattr(row, by)): say(row) for row in rows}

    label = model._meta.label_lower
    return Naming(label if by == "pk" else f"{label}.{by}", names)


# ---- checking -------------------------------------------------------------------------------------------------
def check(verb: str, details: Iterable[str]) -> None:
    """Raise ValueError for what the trail has no words for."""
    known = ACTS.get(verb)
    if known is None:
        raise ValueError(f"the trail has no words for {verb!r}: add it to the acts of its app")
    for name in details:
        if known.detail(name) is None:
            raise ValueError(f"the trail has no words for the detail {name!r} of {verb!r}")


# ---- telling --------------------------------------------------------------------------------------------------
def word_of(verb: str) -> str:
    known = ACTS.get(verb)
    return str(known.label) if known else _("旧版本的操作")


def kind_of(object_type: str) -> str:
    """What a kind of row is called: a word of the house, never the name of a class."""
    try:
        return str(apps.get_model(object_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return _("其他对象")


def tell(rows: Collection[AuditEntry]) -> list[Told]:
    """The entries in words; one query for each kind of name that they need."""
    names = _names(rows)
    return [
        Told(
            at=row.at,
            actor=row.actor_label or _("系统"),
            act=word_of(row.verb),
            thing=_thing(row, names),
            detail="；".join(_details(row, names)),
        )
        for row in rows
    ]


def _names(rows: Collection[AuditEntry]) -> Names:
    wanted: dict[str, set[str]] = {}
    for row in rows:
        if row.object_type in NAMINGS:
            wanted.setdefault(row.object_type, set()).add(row.object_id)
        for detail, value in _known(row):
            if detail.naming:
                wanted.setdefault(detail.naming, set()).update(map(str, _listed(value)[:MOST_TOLD]))
    return {key: NAMINGS[key].names(keys) for key, keys in wanted.items()}


def _thing(row: AuditEntry, names: Names) -> str:
    if not row.object_type:
        return ""
    kind = kind_of(row.object_type)
    if row.object_type not in NAMINGS:
        return kind
    name = names[row.object_type].get(row.object_id)
    return f"{kind} {name}".strip() if name is not None else _("%(kind)s（已不在册）") % {"kind": kind}


def _known(row: AuditEntry) -> list[tuple[Detail, Any]]:
    """The details that are shown, in the order of their declaration, the common ones last."""
    known = ACTS.get(row.verb)
    if known is None:
        return []
    order = [*known.details, *(name for name in COMMON if name not in known.details)]
    found = [(known.detail(name), row.detail[name]) for name in order if name in row.detail]
    return [(detail, value) for detail, value in found if detail and detail.label and value not in (None, "", [])]


def _details(row: AuditEntry, names: Names) -> list[str]:
    return [f"{detail.label} {_value(detail, value, names)}" for detail, value in _known(row)]


def _value(detail: Detail, value: Any, names: Names) -> str:
    known = names[detail.naming] if detail.naming else {}
    values = _listed(value)
    words = (known.get(str(one)) or detail.tell(one) for one in values[:MOST_TOLD])
    said = "、".join(word for word in words if word)
    return said if len(values) <= MOST_TOLD else _("%(said)s 等 %(n)d 项") % {"said": said, "n": len(values)}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]

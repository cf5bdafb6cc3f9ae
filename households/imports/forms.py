"""Empty sheets to be filled in and imported: the heads an import knows by themselves, and what each column takes."""

from tempfile import TemporaryFile

from django.utils.translation import gettext as _

from core.files.cells import CLEAR
from core.files.tables import Table
from core.files.workbooks import Head, write_form
from grids.levels import GridKind
from grids.models import HouseholdKind
from households.imports.fields import AREA_LEVELS, FIELDS, Field, Kind
from households.models import Resident
from households.rules import TAGS

CHOICES: dict[tuple[str, str], list[str]] = {
    (Kind.HOUSEHOLDS, "kind"): [str(label) for label in HouseholdKind.labels],
    (Kind.HOUSEHOLDS, "tags"): list(TAGS),
    (Kind.HOUSEHOLDS, "is_hub"): ["是", "否"],
    (Kind.RESIDENTS, "relation"): [str(label) for label in Resident.Relation.labels],
    (Kind.AREAS, "level"): list(AREA_LEVELS.values()),
    (Kind.AREAS, "kind"): [str(label) for label in GridKind.labels],
}


def empty(kind: str) -> Table:
    fields = FIELDS[kind]
    heads = [Head(str(field.label), 24 if field.name in ("address", "code", "area") else 14) for field in fields]
    guide = [
        [_("栏目"), _("怎么填")],
        [_("空着的格"), _("不改原有内容；表里没有的列、没有的户也不动")],
        [CLEAR, _("要删去原有的内容，在格里写“%(clear)s”；可以清空的有：%(labels)s") % _clears(kind)],
        *([str(field.label), _hint(kind, field)] for field in fields),
    ]
    file = TemporaryFile()  # noqa: SIM115 (whoever sends it closes it)
    write_form(file, str(Kind(kind).label), heads, [], guide)
    file.seek(0)
    return Table(file, 0, "xlsx")


def _clears(kind: str) -> dict[str, str]:
    labels = [str(field.label) for field in FIELDS[kind] if field.clears]
    return {"clear": CLEAR, "labels": "、".join(labels) or _("（没有）")}


def _hint(kind: str, field: Field) -> str:
    parts = [str(field.hint)]
    if field.required:
        parts.append(_("必填"))
    if choices := CHOICES.get((kind, field.name)):
        parts.append(_("可填：%(labels)s") % {"labels": "、".join(choices)})
    if field.aliases:
        parts.append(_("列名也可写：%(names)s") % {"names": "、".join(field.aliases)})
    return "；".join(filter(None, parts))

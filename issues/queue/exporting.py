"""A list of tickets as a table to keep (`core.files.tables`): what `issues.attributes` gives a width, and the lamp.

Holds what the list shows: sensitive tickets go by the words of the duty list, and nothing of residents is in it.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.files import tables
from core.files.tables import Column, Table
from issues.attributes import ATTRIBUTES
from issues.engine.clocks import LAMP_WORDS, lamp
from issues.models import Ticket

TAKEN = tuple(attribute for attribute in ATTRIBUTES if attribute.width)
FIELDS = {"is_sensitive", "warn_at", *(column for one in TAKEN for column in one.columns or (one.name,))}
RELATED = {column.partition("__")[0] for column in FIELDS if "__" in column}


def _columns() -> Iterator[Column]:
    for attribute in TAKEN:
        yield Column(attribute.label, attribute.cell, attribute.width)
        if attribute.name == "state":
            yield Column(_("灯色"), lambda ticket, now: LAMP_WORDS[lamp(ticket, now)], 8)


COLUMNS = tuple(_columns())


def write(kind: str, rows: QuerySet[Ticket], now: datetime) -> Table:
    """The tickets of `rows` in their order as `kind`. Raises `core.files.tables.TooMany` before it writes anything."""
    found = rows.select_related(*RELATED).only(*FIELDS)
    return tables.write(kind, COLUMNS, found, now, title=gettext("工单"), most=tables.MOST)

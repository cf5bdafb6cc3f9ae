"""What a ticket is made of before it has a number: one value that forms, visits, campaigns and the demo fill in.

`issues.engine.actions.place` turns it into a ticket. Nothing here writes or asks who may place where.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core.files.images import Announced, Picture
from core.trust.numbers import shown
from duties.models import DutyItem
from grids.models import Area, Household
from issues.models import Source, Ticket

TITLE_LENGTH = 30
CLAUSE_END = re.compile(r"[，。！？；,!?;\n]")


@dataclass(frozen=True)
class Contact:
    """What a resident chose to leave."""

    name: str = ""
    phone: str = ""


@dataclass(frozen=True)
class NewTicket:
    """An order or a finding in `area` (a grid or microgrid); `parent` is the ticket that it was split from."""

    area: Area
    source: Source
    item: DutyItem | None = None
    title: str = ""
    description: str = ""
    where: str = ""
    household: Household | None = None
    contact: Contact | None = None
    pictures: Sequence[Picture | Announced] = ()
    parent: Ticket | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """What the ticket keeps as it was given."""
        return {
            "source": self.source,
            "title": self.headline,
            "description": self.description,
            "place": self.where,
            "household": self.household,
            "parent": self.parent,
        }

    @property
    def headline(self) -> str:
        """What to call it: its title, else the first clause of its words, else where and what it is.

        Words that are cut are masked before, lest half a number stays.
        """
        if self.title and len(self.title) <= TITLE_LENGTH:
            return self.title
        first = CLAUSE_END.split(shown(self.description).strip(), maxsplit=1)[0]
        place_and_item = f"{shown(self.where)}{self.item.name if self.item else ''}"
        return (shown(self.title) or first or place_and_item or _("居民点单"))[:TITLE_LENGTH]

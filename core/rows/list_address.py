"""What the address of a list asks for: its tab and its conditions. Knows no list and asks no database."""

import dataclasses
from collections.abc import Collection, Mapping
from urllib.parse import urlencode


def one_of(given: Mapping[str, str], name: str, known: Collection[str], default: str = "") -> str:
    """A value of the address, if it is one of those known; anything else counts as not asked."""
    value = given.get(name, "")
    return value if value in known else default


@dataclasses.dataclass(frozen=True)
class ListAddress:
    """A field for each parameter, in the order in which they stand in the address; what is empty is not asked."""

    def address(self, **other: str) -> str:
        """The parameters of this list, with `other` in their place."""
        kept = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)} | other
        return urlencode({name: value for name, value in kept.items() if value})

    @property
    def query(self) -> str:
        """The address without its page, ready for one more parameter."""
        return f"{address}&" if (address := self.address()) else ""

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is asked for besides the tab."""
        return any(getattr(self, field.name) for field in dataclasses.fields(self) if field.name != "view")

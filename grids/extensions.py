"""What higher floors say about the tree: reasons of theirs not to retire an area, e.g. open tickets."""

from collections.abc import Callable

from core.registry import Registry
from grids.models import Area

RETIRE_GUARDS: Registry[Callable[[Area], str | None]] = Registry("reasons not to retire an area")
"""Each returns Chinese text, or None where nothing stands against it."""

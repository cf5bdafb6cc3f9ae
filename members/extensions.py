"""What higher floors say about departments: reasons of theirs not to retire one, e.g. open tickets."""

from collections.abc import Callable

from core.registry import Registry
from members.models import Department

RETIRE_GUARDS: Registry[Callable[[Department], str | None]] = Registry("reasons not to retire a department")
"""Each returns Chinese text, or None where nothing stands against it."""

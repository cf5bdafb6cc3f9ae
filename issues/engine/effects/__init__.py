"""What each transition does to a ticket besides its state. Only `issues.engine.actions.apply` calls these.

An effect changes attributes of the locked ticket in memory (and rows that hang on it); `apply` writes
the changed columns once. Names are those of the table's `effects` column.
"""

from issues.engine.effects import automatic, calling, closing, consulting, family, grid, timing
from issues.engine.effects.base import EFFECTS, Applied
from issues.engine.effects.grid import set_item

__all__ = [
    "EFFECTS",
    "Applied",
    "automatic",
    "calling",
    "closing",
    "consulting",
    "family",
    "grid",
    "set_item",
    "timing",
]

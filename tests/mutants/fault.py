"""What a fault is, and whether it still fits the source."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Fault:
    """One small wrong to the source, and the tests that should be the first to notice it."""

    name: str
    why: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    more: tuple[tuple[str, str], ...] = ()  # further changes that belong to it, in the same file
    postgres: bool = False  # locks and races show there only
    fresh: bool = False  # it changes what migrations lay, so the database is built for it

    @property
    def changes(self) -> tuple[tuple[str, str], ...]:
        return ((self.old, self.new), *self.more)

    def applied(self, text: str) -> str:
        """The source with the fault in it."""
        for old, new in self.changes:
            text = text.replace(old, new)
        return text


def troubles(faults: Iterable[Fault], root: Path) -> Iterator[str]:
    """Where the list and the source have come apart."""
    seen: set[str] = set()
    for fault in faults:
        if fault.name in seen:
            yield f"{fault.name}: two faults have this name"
        seen.add(fault.name)
        path = root / fault.file
        text = path.read_text() if path.exists() else ""
        for old, new in fault.changes:
            if (found := text.count(old)) != 1 or old == new:
                yield f"{fault.name}: {fault.file} has the text to be replaced {found} times: {old!r}"
        yield from (f"{fault.name}: no such test: {test}" for test in fault.tests if not _is_there(test, root))


def _is_there(test: str, root: Path) -> bool:
    file, _separator, name = test.partition("::")
    path = root / file
    return path.exists() and (not name or f"def {name.partition('[')[0]}(" in path.read_text())

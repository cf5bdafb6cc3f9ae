"""What one part of the house names and others fill: an extension point as a typed collection.

An app declares its registries in `extensions.py`; whoever has something to contribute adds it in `hooks.py`, which is
found by name in every app when the installation starts, in the order of INSTALLED_APPS. Pure Python; knows no app.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Entries in the order in which they were added, each once; with `key`, one for each key.

    The same entry again changes nothing; another one under a known key is an error, never the last word.
    Without a key entries are told apart by `==` and must be hashable, as functions and frozen dataclasses are.
    """

    def __init__(self, what: str, *, key: Callable[[T], str] | None = None) -> None:
        self.what = what
        self._key = key
        self._entries: dict[Any, T] = {}

    def __repr__(self) -> str:
        return f"<Registry of {self.what}: {len(self)}>"

    def add(self, entry: T) -> T:
        """Add one and return it, so that it serves as a decorator. Raises ValueError for a key that another has."""
        at = entry if self._key is None else self._key(entry)
        if self._entries.setdefault(at, entry) != entry:
            raise ValueError(f"{self.what}: {at!r} is taken by {self._entries[at]!r}")
        return entry

    def extend(self, entries: Iterable[T]) -> None:
        for entry in entries:
            self.add(entry)

    def get(self, key: str) -> T | None:
        return self._entries.get(key)

    def __getitem__(self, key: str) -> T:
        return self._entries[key]

    def __contains__(self, at: object) -> bool:
        """Whether there is an entry under this key, or this entry where there are no keys."""
        return at in self._entries

    def __iter__(self) -> Iterator[T]:
        """Over a copy: what is added meanwhile waits for the next one who asks."""
        return iter(tuple(self._entries.values()))

    def __len__(self) -> int:
        return len(self._entries)

    @contextmanager
    def only(self, *entries: T) -> Iterator[None]:
        """Nothing but these inside the context; for tests."""
        before, self._entries = self._entries, {}
        try:
            self.extend(entries)
            yield
        finally:
            self._entries = before

    @contextmanager
    def with_also(self, *entries: T) -> Iterator[None]:
        """These too inside the context; what others add meanwhile stays. For tests."""
        new = [entry for entry in entries if (entry if self._key is None else self._key(entry)) not in self._entries]
        try:
            self.extend(entries)
            yield
        finally:
            for entry in new:
                del self._entries[entry if self._key is None else self._key(entry)]

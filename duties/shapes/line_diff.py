"""What a line of a list says, as plain data, and the algebra of it: fingerprint, difference, merge. Pure; no database.

A `Plain` maps the names of fields to text, flags and lists of text; departments, categories and grades stand in
it by their codes, so that it means the same in every version. `Plains` maps the codes of lines to their plains.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Plain = dict[str, Any]
Plains = Mapping[str, Plain]
Change = tuple[Plain | None, Plain | None]
Difference = dict[str, Change]
"""Code of the line -> what it said before and after; None: it was not there."""

WHOLE = ""
"""Named in a collision when it is about the line and not about one field."""


def digest(plain: Plain) -> str:
    """The fingerprint of a line: equal for lines that say the same, whatever version they stand in."""
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def diff(old: Plains, new: Plains) -> Difference:
    """What turns `old` into `new`, in the order of codes."""
    codes = sorted(old.keys() | new.keys())
    return {code: (old.get(code), new.get(code)) for code in codes if old.get(code) != new.get(code)}


def apply(difference: Difference, old: Plains) -> dict[str, Plain]:
    """`old` with `difference`; raises ValueError where `old` does not say what the difference starts from."""
    lines = dict(old)
    for code, (before, after) in difference.items():
        if lines.get(code) != before:
            raise ValueError(code)
        if after is None:
            del lines[code]
        else:
            lines[code] = after
    return lines


def inverse(difference: Difference) -> Difference:
    return {code: (after, before) for code, (before, after) in difference.items()}


@dataclass
class Merged:
    """A difference that fits what stands there now, and the fields (or WHOLE lines) where two people disagree."""

    difference: Difference = field(default_factory=dict)
    collisions: list[tuple[str, str]] = field(default_factory=list)


def merge(difference: Difference, onto: Plains) -> Merged:
    """Bring a difference that was made from an older state onto `onto`, field by field; nobody's change is lost."""
    merged = Merged()
    for code, (before, after) in difference.items():
        now = onto.get(code)
        if now == after:
            continue
        if now == before:
            merged.difference[code] = (now, after)
        elif before is None or after is None or now is None:
            merged.collisions.append((code, WHOLE))
        else:
            _merge_line(code, before, after, now, merged)
    return merged


def _merge_line(code: str, before: Plain, after: Plain, now: Plain, merged: Merged) -> None:
    mine = {name: value for name, value in after.items() if before.get(name) != value}
    clash = [name for name, value in mine.items() if now.get(name) not in (before.get(name), value)]
    merged.collisions += [(code, name) for name in clash]
    if not clash and {**now, **mine} != now:
        merged.difference[code] = (now, {**now, **mine})


def as_json(difference: Difference) -> dict[str, list[Plain | None]]:
    return {code: list(change) for code, change in difference.items()}


def from_json(stored: Mapping[str, Any]) -> Difference:
    return {code: (before, after) for code, (before, after) in stored.items()}

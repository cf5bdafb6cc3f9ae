"""A few small marks in one text column, as in ",12,31,": found by LIKE, which both engines know."""

from collections.abc import Iterable


def add(marks: str, mark: object) -> str:
    """`marks` with `mark` among them."""
    return marks if has(marks, mark) else f"{marks or ','}{mark},"


def without(marks: str, mark: object) -> str:
    """`marks` with `mark` no more among them."""
    left = marks.replace(f",{mark},", ",")
    return "" if left == "," else left


def has(marks: str, mark: object) -> bool:
    return f",{mark}," in marks


def within(mark: object) -> str:
    """What a column that has `mark` contains."""
    return f",{mark},"


def read(marks: str) -> Iterable[str]:
    return (mark for mark in marks.split(",") if mark)

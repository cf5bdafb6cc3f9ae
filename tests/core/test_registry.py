"""An extension point: each entry once, one a key, in the order of adding."""

from dataclasses import dataclass
from operator import attrgetter

import pytest

from core.registry import Registry


@dataclass(frozen=True)
class Sign:
    key: str
    text: str = ""


def keyed() -> Registry[Sign]:
    return Registry("signs", key=attrgetter("key"))


def test_without_a_key_each_entry_counts_once_in_the_order_of_adding() -> None:
    points: Registry[object] = Registry("points")

    @points.add
    def second() -> None: ...

    first, again = Sign("b"), Sign("b")
    points.extend((first, again, second))
    assert list(points) == [second, first]
    assert first in points
    assert Sign("c") not in points
    assert len(points) == 2


def test_a_key_belongs_to_one_entry() -> None:
    signs = keyed()
    assert signs.add(Sign("a", "甲")) == signs.add(Sign("a", "甲"))
    with pytest.raises(ValueError, match="signs: 'a' is taken by Sign"):
        signs.add(Sign("a", "乙"))
    assert [sign.text for sign in signs] == ["甲"]
    assert (signs["a"].text, signs.get("b"), "a" in signs) == ("甲", None, True)
    with pytest.raises(KeyError):
        signs["b"]


def test_what_is_added_while_somebody_asks_waits_for_the_next() -> None:
    signs = keyed()
    signs.add(Sign("a"))
    for sign in signs:
        signs.add(Sign(f"{sign.key}+"))
    assert [sign.key for sign in signs] == ["a", "a+"]


def test_tests_may_lend_entries_and_leave_no_trace() -> None:
    signs = keyed()
    signs.extend((Sign("a"), Sign("b")))
    with signs.with_also(Sign("b"), Sign("c")):
        assert [sign.key for sign in signs] == ["a", "b", "c"]
        signs.add(Sign("d"))
    assert [sign.key for sign in signs] == ["a", "b", "d"]
    with signs.only(Sign("e")):
        assert [sign.key for sign in signs] == ["e"]
    assert [sign.key for sign in signs] == ["a", "b", "d"]

"""What an address asks for, read and written back."""

from dataclasses import dataclass

import pytest

from core.rows.list_address import ListAddress, one_of


@dataclass(frozen=True)
class Wanted(ListAddress):
    view: str = "open"
    kind: str = ""
    words: str = ""


def test_an_address_keeps_what_is_asked_in_its_order():
    assert Wanted().query == "view=open&"
    assert Wanted("all", "a", "路 灯").address() == "view=all&kind=a&words=%E8%B7%AF+%E7%81%AF"
    assert Wanted("all", "a").address(view="mine") == "view=mine&kind=a"
    assert Wanted("all", "a").address(kind="") == "view=all"
    assert Wanted("").query == ""


def test_a_tab_alone_narrows_nothing():
    assert not Wanted("all").is_narrowed
    assert Wanted("all", words="灯").is_narrowed


@pytest.mark.parametrize(
    ("given", "found"), [({"view": "a"}, "a"), ({"view": "x"}, "d"), ({}, "d"), ({"view": ""}, "d")]
)
def test_what_is_not_known_counts_as_not_asked(given, found):
    assert one_of(given, "view", ("a", "b"), "d") == found

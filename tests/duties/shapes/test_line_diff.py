"""The algebra of differences, for any two lists: apply(diff(a, b), a) == b, and what follows from it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duties.shapes.line_diff import apply, as_json, diff, digest, from_json, inverse, merge

VALUES = st.one_of(
    st.sampled_from(["", "3wd", "2wd", "路灯"]), st.booleans(), st.lists(st.sampled_from(["GD", "JT", "ZJ"]))
)
PLAINS = st.fixed_dictionaries({"name": VALUES, "lead": VALUES, "limit": VALUES})
LISTS = st.dictionaries(st.sampled_from(["A01", "A02", "B01", "C02", "C03"]), PLAINS)


@given(LISTS, LISTS)
def test_a_difference_turns_one_into_the_other(a, b):
    assert apply(diff(a, b), a) == b


@given(LISTS, LISTS)
def test_its_inverse_takes_it_back(a, b):
    assert apply(inverse(diff(a, b)), b) == a


@given(LISTS, LISTS)
def test_it_names_what_differs_and_survives_storing(a, b):
    found = diff(a, b)
    assert set(found) == {code for code in a.keys() | b.keys() if a.get(code) != b.get(code)}
    assert from_json(as_json(found)) == found


@given(LISTS, LISTS, LISTS)
def test_it_applies_to_nothing_else(a, b, other):
    found = diff(a, b)
    if any(other.get(code) != before for code, (before, _after) in found.items()):
        with pytest.raises(ValueError, match=r"[A-C]0"):
            apply(found, other)


@given(LISTS, LISTS)
def test_fingerprints_are_equal_exactly_for_equal_lines(a, b):
    for code in a.keys() & b.keys():
        assert (digest(a[code]) == digest(b[code])) == (a[code] == b[code])


@given(LISTS, LISTS, LISTS)
def test_a_merge_loses_nobodys_change(a, mine, theirs):
    merged = merge(diff(a, mine), theirs)
    if merged.collisions:
        return
    result = apply(merged.difference, theirs)
    for code in a.keys() | mine.keys() | theirs.keys():
        was, wanted, stood, now = (lists.get(code) for lists in (a, mine, theirs, result))
        if wanted == was:
            assert now == stood
        elif stood == was:
            assert now == wanted


@given(LISTS, LISTS)
def test_two_who_do_the_same_do_not_collide(a, b):
    assert merge(diff(a, b), b).difference == {}
    assert merge(diff(a, b), b).collisions == []

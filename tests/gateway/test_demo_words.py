"""The words of the demo: every item has some that are its own, they fit a title, and say what lies where."""

import random
from collections import Counter
from itertools import product

import pytest
import yaml
from django.conf import settings

from gateway.demo.telling import words
from gateway.demo.telling.matters import SHORT, SPLIT, Lie, Matters
from issues.engine.new_ticket import TITLE_LENGTH

FEWEST = 4
LONGEST = {Lie.VILLAGES: "东方红村", Lie.COMMUNITIES: "沙塘墟社区", Lie.CITY: "翠山湖新区虚拟社区"}
MARKS = "乡:", "城:"


@pytest.fixture(scope="module")
def matters():
    return Matters.read()


def _codes():
    listed = yaml.safe_load((settings.BASE_DIR / "data/starter_lists.yaml").read_text())
    return {row["code"] for row in listed["grid_items"]}


def test_every_item_of_the_list_has_words_of_its_own(matters):
    assert set(matters.told) == _codes()
    texts = Counter(line.words for told in matters.told.values() for line in told.lines)
    assert [text for text, n in texts.items() if n > 1] == []
    endings = Counter(text for told in matters.told.values() for text in told.done)
    assert [text for text, n in endings.items() if n > 1] == []
    few = {code: len(told.lines) for code, told in matters.told.items() if len(told.lines) < FEWEST}
    assert few == {}


def test_whatever_is_told_fits_a_title_and_names_its_place(matters):
    for code, lie, by_resident in product(matters.told, Lie, (True, False)):
        if not matters.fits(code, lie):
            continue
        rng = random.Random(code)
        for _try in range(12):
            matter = matters.tell(code, village=LONGEST[lie], lie=lie, by_resident=by_resident, rng=rng)
            rest = matter.title.removeprefix(LONGEST[lie])
            assert any(rest.startswith(spot.words) for spot in matters.told[code].spots if spot.fits(lie)), matter.title
            assert len(matter.title) <= TITLE_LENGTH, (code, matter.title)
            assert "{" not in matter.words
            assert SPLIT not in matter.words
            assert not rest.startswith(MARKS)


def test_nothing_of_the_fields_happens_in_a_community_and_no_lift_gets_stuck_in_a_village(matters):
    assert not matters.fits("H01", Lie.COMMUNITIES)
    assert not matters.fits("H01", Lie.CITY)
    assert matters.fits("K02", Lie.CITY)
    assert not matters.fits("K02", Lie.COMMUNITIES)
    assert matters.fits("K01", Lie.CITY)
    assert not matters.fits("K01", Lie.VILLAGES)


def test_staff_speak_of_each_kind_of_work_in_its_own_words():
    for lines in (words.PROGRESS, words.MEASURES, words.EXTENSIONS, words.ANSWERS, words.SHARES, words.FAILS):
        assert set(lines) == set(words.Work)
    assert words.work_of("C02") == words.Work.MEND
    assert words.work_of("B03") == words.Work.ENFORCE
    assert words.work_of("F01") == words.Work.PEOPLE


def test_a_worker_names_the_village_where_there_is_room_and_a_resident_never(matters):
    def titles(village, *, by_resident):
        rng = random.Random(1)
        given = {"village": village, "lie": Lie.VILLAGES, "by_resident": by_resident, "rng": rng}
        return [matters.tell("C02", **given).title for _try in range(20)]

    assert any(title.startswith("红岭村") for title in titles("红岭村", by_resident=False))
    assert not any(title.startswith("红岭村") for title in titles("红岭村", by_resident=True))
    assert all(len(title) <= SHORT for title in titles("红岭村", by_resident=False) if title.startswith("红岭村"))

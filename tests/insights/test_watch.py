"""吹哨率提示: a conspicuous share is pointed out to the officials of the area, with the tickets behind it."""

import pytest

from insights.board.watch import Bounds
from insights.counting import tally
from issues.workflow import State
from tests.insights.test_board import lists_of, queries_of, shown
from tests.tickets import at_state, placed

BOUNDS = Bounds(low=10, high=70, least=20)


@pytest.mark.parametrize(
    ("whistled", "decided", "side"),
    [
        (0, 19, ""),  # too few
        (0, 40, "low"),
        (0, 30, ""),  # the interval still reaches 10 %
        (5, 100, ""),
        (2, 100, "low"),
        (20, 20, "high"),
        (75, 100, ""),
        (85, 100, "high"),
        (50, 100, ""),
    ],
)
def test_an_area_is_pointed_out_where_its_whole_interval_lies_beyond_a_bound(whistled, decided, side):
    assert BOUNDS.side(whistled, decided) == side


@pytest.mark.django_db
def test_many_whistles_are_shown_on_the_boards_above_with_their_tickets(cast, login):
    for _n in range(19):
        at_state(cast, State.CONFIRMING)
    tally.catch_up()
    secretary = login(cast.secretary)
    assert "吹哨率提示" not in shown(secretary)  # nineteen are fewer than it takes
    plain = len(queries_of(secretary))
    placed(cast)  # undecided: counts on neither side
    tally.catch_up()
    assert "吹哨率提示" not in shown(secretary)
    at_state(cast, State.CONFIRMING)
    tally.catch_up()
    page = shown(secretary)
    part = page[page.index("吹哨率提示") : page.index("<h2>流转</h2>")]
    assert "吹哨率 100%，明显高于 70%" in part
    assert "不排名" in part
    assert [n for _url, n in lists_of(part)] == [20, 0]  # the village; its only grid says the same
    assert len(queries_of(secretary)) == plain
    for name in ("town_leader", "county_leader"):
        assert "吹哨率提示" in shown(login(getattr(cast, name)))
    assert "吹哨率提示" not in shown(login(cast.sibling_secretary))


@pytest.mark.django_db
def test_no_whistles_are_shown_too(cast, login):
    for _n in range(40):
        at_state(cast, State.SELF_HANDLING)
    tally.catch_up()
    assert "吹哨率 0%，明显低于 10%" in shown(login(cast.secretary))

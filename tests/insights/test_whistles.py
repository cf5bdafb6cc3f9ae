"""评哨: departments by the county's weights; too few cases make no score, and no part counts that nobody knows."""

from datetime import timedelta

import pytest

from core import clock
from insights.board import figures, places
from insights.board.whistles import rows_of, score_of
from insights.counting import period, tally
from issues.engine.actors import resident, staff
from issues.workflow import State
from tests.tickets import act, at_state

WEIGHTS = {"on_time_arrival": 30, "on_time_resolve": 30, "quality": 20, "public": 20}


@pytest.mark.parametrize(
    ("parts", "score"),
    [
        ({"on_time_arrival": 1.0, "on_time_resolve": 1.0, "quality": 1.0, "public": 1.0}, 100),
        ({"on_time_arrival": 0.5, "on_time_resolve": 1.0, "quality": 0.8, "public": 0.9}, 79),
        ({"on_time_arrival": 0.5, "on_time_resolve": 1.0, "quality": None, "public": None}, 75),
        ({"on_time_arrival": None, "on_time_resolve": 1.0, "quality": 1.0, "public": 1.0}, None),
    ],
)
def test_a_score_is_the_weighted_mean_of_what_is_known(parts, score):
    found = score_of(parts, WEIGHTS)
    assert found == (None if score is None else pytest.approx(score))


@pytest.mark.django_db
def test_a_score_says_of_how_many_parts_it_is(cast, login, monkeypatch):
    """Nobody has rated, so two parts of four are known: such a score is not compared with a whole one."""
    monkeypatch.setattr(figures, "FEWEST", 1)
    ticket = at_state(cast, State.HANDLING)
    act(ticket, "arrive", staff(cast.handler))
    act(ticket, "report_done", staff(cast.handler), note="已修")
    tally.catch_up()
    html = login(cast.town_leader).get("/board/whistles/").content.decode()
    assert "100.0" in html
    assert "2 项" in html
    assert "缺乡镇评分、群众满意" in html


@pytest.mark.django_db
def test_the_page_counts_arrivals_and_stars_and_links_to_the_tickets(cast, login, django_assert_max_num_queries):
    for stars in (5, 4):
        ticket = at_state(cast, State.HANDLING)
        act(ticket, "arrive", staff(cast.handler))
        act(ticket, "report_done", staff(cast.handler), note="已修")
        act(ticket, "verify_pass", staff(cast.verifier))
        act(ticket, "callback_solved", resident(), satisfaction=4, solved="solved")
        act(ticket, "rate_whistle", staff(cast.town_dispatcher), stars=stars)
    tally.catch_up()
    page = login(cast.town_leader)
    with django_assert_max_num_queries(16):
        html = page.get("/board/whistles/").content.decode()
    assert str(cast.office) in html
    assert "样本不足" in html
    listed = page.get("/t/?view=all&arrived=on_time").content.decode()
    assert ticket.number in listed
    assert ticket.number in page.get("/t/?view=all&stars=4").content.decode()
    assert ticket.number not in page.get("/t/?view=all&stars=5").content.decode()


@pytest.mark.django_db
def test_what_others_let_run_out_is_not_unresolved_by_the_lead(cast, login, monkeypatch):
    """The village held it too long; the department resolved it within its own limits. Who led nothing has no row."""
    monkeypatch.setattr(figures, "FEWEST", 1)
    ticket = at_state(cast, State.SELF_HANDLING)
    with clock.at(ticket.due_at + timedelta(hours=1)):
        act(ticket, "whistle", staff(cast.worker), cause="beyond", note="办不了", measures="已上门")
        act(ticket, "confirm", staff(cast.secretary))
        wl = cast.departments["WL"]
        act(ticket, "dispatch", staff(cast.town_dispatcher), lead=cast.office, assisting=[wl])
        act(ticket, "claim", staff(cast.handler))
        act(ticket, "arrive", staff(cast.handler))
        act(ticket, "excuse", staff(cast.town_dispatcher), helper=wl, note="不需要了")
        ticket = act(ticket, "report_done", staff(cast.handler), note="已修")
        tally.catch_up()
        rows = rows_of(places.place_of(cast.township), period.read({"from": "2000-01-01"}, clock.today()))
    assert ticket.done_on_time is False
    assert [(row.name, row.done.hits.n, row.done.total) for row in rows] == [(str(cast.office), 1, 1)]

"""The staff's ticket page and its forms, over the real workflow."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from core.files.images import prepare
from core.models import AuditEntry
from issues.dossier.reading import open_dossier
from issues.dossier.ticket_page import turn_of, who_is_next
from issues.dossier.wording import press_words
from issues.engine.actions import apply
from issues.engine.actors import resident, staff
from issues.engine.guard_context import situation
from issues.models import Photo, Ticket
from issues.workflow import OPEN_STATES, RESIDENT, SYSTEM, TRANSITIONS, State, offers
from tests.tickets import PIXEL, at_state, jpeg, placed, read, ready_for

pytestmark = pytest.mark.django_db


def url(ticket, action):
    return reverse("issues:act", args=[ticket.number, action])


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_page_for_each_reader(cast, login, state):
    ticket = at_state(cast, state)
    for who in ("worker", "secretary", "town_dispatcher", "handler", "auditor"):
        user = getattr(cast, who)
        response = login(user).get(reverse("issues:ticket", args=[ticket.number]))
        seen = Ticket.objects.visible_to(user).filter(pk=ticket.pk).exists()
        assert response.status_code == (200 if seen else 404), who
        if seen:
            page = response.content.decode()
            assert ticket.number in page, who
            assert "10000006021" not in page, who


STAFF_STEPS = [t for t in TRANSITIONS if not t.who <= {SYSTEM, RESIDENT}]


def ready(cast, step):
    """A ticket on which somebody may take `step` now, and that person."""
    ticket = ready_for(cast, step.name)
    for user in cast.users.values():
        if step in offers(*situation(staff(user), ticket, clock.now(), {"item": True})):
            return ticket, user
    raise AssertionError(f"nobody may {step.name}")


@pytest.mark.parametrize("step", STAFF_STEPS, ids=lambda t: t.name)
def test_every_step_has_a_form_for_who_may_take_it_and_none_for_others(cast, login, step):
    ticket, user = ready(cast, step)
    response = login(user).get(url(ticket, step.name))
    page = response.content.decode()
    assert response.status_code == 200
    assert press_words(step) in page
    assert f'name="version" value="{ticket.version}"' in page
    for name in step.needs:
        assert f'name="{name}"' in page
    assert login(cast.auditor).get(url(ticket, step.name)).status_code == 403


def test_a_step_of_another_state_says_why_there_is_no_form(cast, login):
    response = login(cast.handler).get(url(at_state(cast, State.HANDLING), "claim"))
    assert response.status_code == 409
    assert "不能领办" in response.content.decode()


def test_a_claim_is_one_press(cast, login):
    ticket = at_state(cast, State.DISPATCHED)
    client = login(cast.handler)
    assert "领办" in client.get(reverse("issues:ticket", args=[ticket.number])).content.decode()
    response = client.post(url(ticket, "claim"), {"version": ticket.version})
    assert response.status_code == 302
    ticket.refresh_from_db()
    assert (ticket.state, ticket.holder_id) == (State.HANDLING, cast.handler.pk)


def test_a_press_reads_nothing_that_only_the_page_shows(cast, login, django_assert_max_num_queries):
    ticket = at_state(cast, State.DISPATCHED)
    client = login(cast.handler)
    form = {"version": ticket.version, "idempotency_key": str(uuid.uuid4())}
    with django_assert_max_num_queries(22) as ran:
        assert client.post(url(ticket, "claim"), form).status_code == 302
    statements = [query["sql"] for query in ran.captured_queries]
    assert not [sql for sql in statements if 'FROM "issues_photo"' in sql or 'FROM "issues_ticketevent"' in sql]


@pytest.mark.parametrize("state", sorted(OPEN_STATES | {State.CLOSED}))
def test_after_a_press_the_next_is_named_as_on_the_page(cast, state):
    ticket = at_state(cast, state)
    dossier = open_dossier(cast.county_leader, ticket.number)
    assert who_is_next(Ticket.objects.get(pk=ticket.pk)) == turn_of(dossier).who != ""


def test_a_stale_press_names_the_faster_one_and_keeps_the_words(cast, login):
    ticket = at_state(cast, State.REPORTED)
    seen = ticket.version
    apply(ticket.pk, "verify_pass", actor=staff(cast.verifier), version=seen)
    response = login(cast.secretary).post(url(ticket, "verify_fail"), {"version": seen, "note": "沟边还有一堆"})
    page = response.content.decode()
    assert response.status_code == 409
    assert cast.verifier.name in page
    assert "沟边还有一堆" in page


def test_what_is_missing_is_said_beside_the_field_and_nothing_is_lost(cast, login):
    ticket = at_state(cast, State.DISPATCHED)
    response = login(cast.handler).post(url(ticket, "return"), {"version": ticket.version, "note": "不归我们管"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "不归我们管" in page
    assert page.count("请") >= 2
    ticket.refresh_from_db()
    assert ticket.state == State.DISPATCHED


def test_dispatching_offers_the_lists_choice_first(cast, login):
    ticket = at_state(cast, State.WHISTLED)
    client = login(cast.town_dispatcher)
    page = client.get(url(ticket, "dispatch")).content.decode()
    assert f'value="{cast.office.code}" selected' in page
    data = {"version": ticket.version, "lead": cast.office.code}
    assert client.post(url(ticket, "dispatch"), data).status_code == 302


def test_a_department_that_cannot_be_chosen_is_refused(cast, login):
    ticket = at_state(cast, State.WHISTLED)
    client = login(cast.town_dispatcher)
    for lead in ("NOPE", "a\0b", "x" * 100_000, "440783117-GJ"):
        response = client.post(url(ticket, "dispatch"), {"version": ticket.version, "lead": lead})
        assert response.status_code == 422, lead[:20]


@pytest.mark.parametrize("version", ["", "abc", "-1", "99999999999999999999", "1\0"])
def test_a_broken_version_is_refused(cast, login, version):
    ticket = at_state(cast, State.DISPATCHED)
    response = login(cast.handler).post(url(ticket, "claim"), {"version": version})
    assert response.status_code == 422
    ticket.refresh_from_db()
    assert ticket.state == State.DISPATCHED


@pytest.mark.parametrize("outsider", ["other_town_dispatcher", "other_handler"])
def test_out_of_scope_is_the_same_as_not_there(cast, login, outsider):
    ticket = at_state(cast, State.HANDLING)
    client = login(cast.users[outsider])
    for name, args in (("issues:ticket", []), ("issues:peek", []), ("issues:act", ["claim"])):
        foreign = client.get(reverse(name, args=[ticket.number, *args]))
        missing = client.get(reverse(name, args=["ST99-0101-001", *args]))
        assert foreign.status_code == missing.status_code == 404
        assert foreign.content == missing.content


def test_seen_but_not_allowed_is_403(cast, login):
    ticket = at_state(cast, State.DISPATCHED)
    response = login(cast.worker).post(url(ticket, "claim"), {"version": ticket.version})
    assert response.status_code == 403


def test_nobody_takes_the_engines_steps_or_unknown_ones(cast, login):
    ticket = placed(cast)
    client = login(cast.worker)
    for action in ("escalate", "nonsense", "place"):
        assert client.post(url(ticket, action), {"version": 1}).status_code == 404


def test_photos_are_cleaned_stored_and_served_to_those_who_see_the_ticket(cast, login):
    ticket = at_state(cast, State.HANDLING)
    data = {"version": ticket.version, "note": "换了灯泡", "photos": [jpeg(), jpeg("b.jpg")]}
    client = login(cast.handler)
    assert client.post(url(ticket, "report_done"), data).status_code == 302
    photo = Photo.objects.filter(ticket=ticket).first()
    address = reverse("issues:photo", args=[ticket.number, photo.pk])
    served = client.get(address)
    assert served["X-Content-Type-Options"] == "nosniff"
    assert "private" in served["Cache-Control"]
    assert (served.status_code, served["Content-Type"]) == (200, "image/jpeg")
    assert read(served).startswith(b"\xff\xd8\xff")
    assert login(cast.other_handler).get(address).status_code == 404
    for other in (placed(cast), at_state(cast, State.HANDLING)):  # out of sight, and in sight without this photo
        assert client.get(reverse("issues:photo", args=[other.number, photo.pk])).status_code == 404


@pytest.mark.parametrize(
    "content", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"not a picture", b"\xff\xd8\xff" + b"\0" * 50]
)
def test_a_false_picture_is_named_and_the_words_are_kept(cast, login, content):
    ticket = at_state(cast, State.HANDLING)
    bad = SimpleUploadedFile("x.jpg", content, "image/jpeg")
    response = login(cast.handler).post(
        url(ticket, "report_done"), {"version": ticket.version, "note": "换了灯泡", "photos": [jpeg(), bad]}
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert "第 2 张" in page
    assert "换了灯泡" in page


@pytest.mark.parametrize("note", ["坏\0字", "长" * 100_000])
def test_unusable_words_are_refused(cast, login, note):
    ticket = at_state(cast, State.HANDLING)
    response = login(cast.handler).post(url(ticket, "progress"), {"version": ticket.version, "note": note})
    assert response.status_code == 422


def test_a_revealed_number_is_on_record(cast, login):
    ticket = at_state(cast, State.HANDLING)
    address = reverse("issues:reveal", args=[ticket.number])
    page = login(cast.handler).post(address, {"reason": "visit"}).content.decode()
    assert "10000006021" in page
    entry = AuditEntry.objects.get(verb="ticket.contact_revealed")
    assert (entry.actor_id, entry.detail["reason"]) == (cast.handler.pk, "visit")
    assert login(cast.auditor).post(address, {"reason": "visit"}).status_code == 403
    assert AuditEntry.objects.filter(verb="ticket.contact_revealed").count() == 1
    assert login(cast.handler).post(address, {"reason": "curious"}).status_code == 422


def test_a_sensitive_matter_is_read_by_those_who_handle_it(cast, login):
    ticket = placed(cast, item=cast.items["F04"], title="邻居家常有打骂声", description="小孩哭得厉害")
    assert ticket.is_sensitive
    assert "小孩哭得厉害" in login(cast.worker).get(reverse("issues:ticket", args=[ticket.number])).content.decode()
    for outsider in (cast.county_leader, cast.auditor, cast.town_leader):
        page = login(outsider).get(reverse("issues:ticket", args=[ticket.number])).content.decode()
        assert "小孩哭得厉害" not in page
        assert "打骂声" not in page
    assert list(_read_by()) == [cast.worker.pk]


def _read_by():
    return AuditEntry.objects.filter(verb="ticket.sensitive_read").values_list("actor_id", flat=True)


SHOWING = ("issues:ticket", "issues:phone_ticket", "issues:peek", "issues:print")


@pytest.mark.parametrize("name", SHOWING)
def test_every_reading_of_a_sensitive_matter_is_on_record_and_no_other(cast, login, name):
    sensitive, plain = placed(cast, item=cast.items["F04"]), placed(cast)
    for ticket in (sensitive, plain):
        for person in (cast.worker, cast.county_leader):
            assert login(person).get(reverse(name, args=[ticket.number])).status_code == 200
    assert list(_read_by()) == [cast.worker.pk]
    assert AuditEntry.objects.get(verb="ticket.sensitive_read").object_id == str(sensitive.pk)


def test_photos_of_a_sensitive_matter_open_to_those_who_may_read_it(cast, login):
    ticket = placed(cast, item=cast.items["F04"], pictures=[prepare(jpeg())])
    address = reverse("issues:photo", args=[ticket.number, Photo.objects.get(ticket=ticket).pk])
    assert read(login(cast.worker).get(address)).startswith(b"\xff\xd8\xff")
    for outsider in (cast.county_leader, cast.auditor, cast.town_leader):
        assert login(outsider).get(address).status_code == 404
    assert list(_read_by()) == [cast.worker.pk]


PAGES = ("issues:ticket", "issues:phone_ticket", "issues:peek")


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("state", [State.PLACED, State.DISPATCHED, State.HANDLING, State.REPORTED, State.CLOSED])
def test_a_page_costs_the_same_for_a_long_story(cast, login, name, state):
    short, long = at_state(cast, state), at_state(cast, state)
    for n in range(20):
        actor = resident() if state in OPEN_STATES else None
        if actor:
            apply(long.pk, "supplement", actor=actor, fields={"note": f"第 {n} 次"}, pictures=[PIXEL])
    client = login(cast.town_dispatcher)
    client.get(reverse(name, args=[short.number]))
    counts = []
    for ticket in (short, long):
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse(name, args=[ticket.number])).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 12

"""A phone without much signal: words first, then the photos that were announced with them, each by its SHA-256."""

import hashlib
import io
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from core import clock
from households.models import Visit
from issues.engine.actors import staff
from issues.models import AwaitedPhoto, Photo, Ticket
from issues.workflow import State
from tests.tickets import act, at_state

pytestmark = pytest.mark.django_db
NEW = reverse("issues:phone_new")


def shot(shade=90):
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), (shade, 120, 90)).save(buffer, "JPEG")
    return buffer.getvalue()


ONE, TWO = shot(), shot(200)


def sha(raw):
    return hashlib.sha256(raw).hexdigest()


def form(cast, *photos, **changes):
    given = {
        "idempotency_key": str(uuid.uuid4()),
        "device_at": (clock.now() - timedelta(hours=3)).isoformat(),
        "item": "C02",
        "area": cast.microgrid.code,
        "where": "公交站旁",
        "words": "灯杆歪了",
        "do": "self",
        "photos_announced": [sha(photo) for photo in photos],
    }
    return given | changes


def send(client, url, data, owner):
    owner = "" if owner is None else str(owner.pk)
    return client.post(url, data, headers={"Draft-Owner": owner, "Accept": "application/json"})


def put(client, to, raw, *, at=None, owner=""):
    url = f"{to}{at or sha(raw)}"
    return client.put(url, raw, content_type="image/jpeg", headers={"Draft-Owner": owner, "Accept": "application/json"})


def logged(client, cast, *photos, **changes):
    answer = send(client, NEW, form(cast, *photos, **changes), cast.worker)
    return answer, Ticket.objects.first()


def test_the_ticket_exists_at_once_and_says_which_photos_are_on_their_way(cast, login):
    client = login(cast.worker)
    answer, ticket = logged(client, cast, ONE, TWO)
    told = answer.json()
    page = reverse("issues:phone_ticket", args=[ticket.number])
    assert (answer.status_code, told) == (200, {"to": page, "number": ticket.number, "photos": f"{page}photos/"})
    assert "照片 0/2 待传" in client.get(page).content.decode()
    assert put(client, told["photos"], ONE).status_code == 204
    assert "照片 1/2 待传" in client.get(page).content.decode()
    assert put(client, told["photos"], TWO).status_code == 204
    assert "待传" not in client.get(page).content.decode()
    event = ticket.events.get(action="place")
    assert [photo.event for photo in Photo.objects.filter(ticket=ticket)] == [event, event]


def test_the_same_photo_and_the_same_words_sent_again_change_nothing(cast, login):
    client, sent = login(cast.worker), form(cast, ONE)
    answers = [send(client, NEW, sent, cast.worker).json() for _again in range(3)]
    assert answers[0] == answers[1] == answers[2]
    for _again in range(3):
        assert put(client, answers[0]["photos"], ONE).status_code == 204
    assert (Ticket.objects.count(), Photo.objects.count(), AwaitedPhoto.objects.count()) == (1, 1, 1)
    other = send(client, NEW, {**sent, "words": "又一处"}, cast.worker)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_what_was_not_announced_is_cut_off_or_no_photo_is_not_taken(cast, login):
    client = login(cast.worker)
    page = b"<html>" * 50
    to = logged(client, cast, ONE, page)[0].json()["photos"]
    assert put(client, to, TWO).status_code == 404
    assert put(client, to, ONE[:-9], at=sha(ONE)).status_code == 422
    assert put(client, to, page).json()["code"] == "bad_image"
    assert Photo.objects.count() == 0
    huge = put(client, to, b"\xff\xd8\xff" + bytes(10 * 1024 * 1024), at=sha(ONE))
    assert huge.status_code == 422
    assert client.post(f"{to}{sha(ONE)}", ONE, content_type="image/jpeg").status_code == 204


def test_only_who_announced_a_photo_sends_it(cast, login):
    to = logged(login(cast.worker), cast, ONE)[0].json()["photos"]
    for user in (cast.chief, cast.secretary, cast.sibling_worker):
        assert put(login(user), to, ONE).status_code == 404
    assert put(Client(), to, ONE).status_code == 401
    assert Photo.objects.count() == 0


def test_no_field_takes_announced_photos_where_they_must_come_along(cast, login):
    ticket = at_state(cast, State.SELF_HANDLING, route="self", pictures=())
    url = reverse("issues:act", args=[ticket.number, "report_done"])
    given = {"version": ticket.version, "note": "办好了", "photos_announced": [sha(ONE)]}
    answer = send(login(ticket.holder), url, given, ticket.holder)
    assert (answer.status_code, "photos" in answer.json()["errors"]) == (422, True)
    odd = send(login(cast.worker), NEW, form(cast, photos_announced=["../x"]), cast.worker)
    assert "photos" in odd.json()["errors"]


def test_the_phones_time_stands_beside_the_servers_from_which_limits_run(cast, login):
    client = login(cast.worker)
    _answer, ticket = logged(client, cast)
    event = ticket.events.get(action="place")
    assert timedelta(hours=2) < event.at - event.device_at < timedelta(hours=4)
    assert clock.now() - ticket.placed_at < timedelta(minutes=1)
    assert "手机上" in client.get(reverse("issues:phone_ticket", args=[ticket.number])).content.decode()
    for odd in ("", "gestern", "0001-01-01T00:00:00Z", "2026-11-30T10:02:00", "9" * 500):
        send(client, NEW, form(cast, device_at=odd), cast.worker)
    assert Ticket.objects.filter(events__device_at=None, events__action="place").count() == 5


def test_after_a_day_the_page_says_that_photos_never_came(cast, login, time_machine):
    client = login(cast.worker)
    _answer, ticket = logged(client, cast, ONE)
    time_machine.move_to(clock.now() + timedelta(hours=25))
    html = login(cast.worker).get(reverse("issues:phone_ticket", args=[ticket.number])).content.decode()
    assert "过了一天还没有传到" in html


def test_words_kept_in_the_field_are_added_to_the_ticket_as_it_stands(cast, login):
    ticket = at_state(cast, State.ACCEPTED)
    seen = ticket.version
    act(ticket, "self_handle", staff(cast.worker))
    url = reverse("issues:phone_act", args=[ticket.number, "supplement"])
    given = {
        "version": seen,
        "note": "水又漫上来了",
        "idempotency_key": str(uuid.uuid4()),
        "photos_announced": [sha(ONE)],
    }
    client = login(cast.worker)
    kept = send(client, url, given | {"device_at": clock.now().isoformat()}, cast.worker)
    assert (kept.status_code, kept.json()["number"]) == (200, ticket.number)
    assert put(client, kept.json()["photos"], ONE).status_code == 204
    assert ticket.events.get(action="supplement").photos.count() == 1


def test_a_visit_and_what_it_finds(cast, login):
    client = login(cast.worker)
    home = cast.household
    url = reverse("households:visit", args=[home.code])
    at = (clock.now() - timedelta(hours=5)).isoformat()
    sent = {"idempotency_key": str(uuid.uuid4()), "outcome": "well", "device_at": at}
    assert send(client, url, sent, cast.worker).json() == {"to": reverse("households:due")}
    assert send(client, url, sent, cast.worker).status_code == 200
    assert Visit.objects.get().device_at.isoformat() == at
    sent = {
        "idempotency_key": str(uuid.uuid4()),
        "note": "屋顶漏水",
        "reason": "routine",
        "item": "C02",
        "device_at": at,
    }
    sent["photos_announced"] = [sha(ONE)]
    found = send(client, reverse("households:matter", args=[home.code]), sent, cast.worker).json()
    assert put(client, found["photos"], ONE).status_code == 204
    assert Photo.objects.get().ticket.household == home


def test_a_residents_order(cast):
    client = Client()
    url = reverse("issues:order", args=[cast.microgrid.token])
    sent = {"idempotency_key": str(uuid.uuid4()), "item": "C02", "words": "灯不亮", "photos_announced": [sha(ONE)]}
    sent |= {"device_at": clock.now().isoformat(), "phone": "10000006021"}
    first, again = (send(client, url, sent, None) for _time in range(2))
    assert first.json() == again.json()
    ticket = Ticket.objects.get()
    assert first.json()["photos"] == f"/c/{ticket.code}/photos/"
    assert put(Client(), first.json()["photos"], ONE).status_code == 403
    assert put(client, first.json()["photos"], ONE).status_code == 204
    assert "待传" not in client.get(reverse("issues:track", args=[ticket.code])).content.decode()
    add = {"idempotency_key": str(uuid.uuid4()), "note": "又漫上来了", "photos_announced": [sha(TWO)]}
    added = send(client, reverse("issues:add", args=[ticket.code]), add, None).json()
    assert "照片 0/1 待传" in client.get(reverse("issues:track", args=[ticket.code])).content.decode()
    assert put(client, added["photos"], TWO).status_code == 204


def test_who_is_not_signed_in_or_somebody_else_keeps_it(cast, login):
    for client in (Client(), login(cast.chief)):
        answer = send(client, NEW, form(cast), cast.worker)
        assert (answer.status_code, answer.json()["code"]) == (401, "sign_in")
    assert Ticket.objects.count() == 0


def test_a_token_that_does_not_fit_is_told_and_fetched_anew(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.worker, backend="django.contrib.auth.backends.ModelBackend")
    refused = send(client, NEW, form(cast), cast.worker)
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf")
    token = client.get(reverse("members:token")).json()
    assert token["owner"] == str(cast.worker.pk)
    more = {"Draft-Owner": token["owner"], "Accept": "application/json", "X-CSRFToken": token["csrf"]}
    assert client.post(NEW, form(cast), headers=more).status_code == 200


def test_errors_come_by_field(cast, login):
    answer = send(login(cast.worker), NEW, form(cast, item=""), cast.worker)
    assert answer.status_code == 422
    assert answer.json()["errors"]["item"] == ["请点一类，或在“其他事项”里写明"]


def test_the_key_of_what_a_phone_keeps_is_each_persons_own(cast, login):
    seals = {login(user).get(reverse("members:seal")).json()["seal"] for user in (cast.worker, cast.chief)}
    again = login(cast.worker).get(reverse("members:seal")).json()["seal"]
    assert len(seals) == 2
    assert again in seals
    assert Client().get(reverse("members:token")).json()["owner"] == ""

"""E-mail by choice, hours and digest: once, in time, and with nothing personal in it."""

import itertools
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from core import clock
from core.jobs import outbox
from core.models import OutboxRow
from notices import inbox, kinds
from notices.extensions import KINDS
from notices.models import Delivery, Mode, Notice, Quiet, Reach
from notices.outgoing import wording
from tests.notices.letters import SECRET_WORDS, at, drain, due, mailed, mode, tell

MORNING = at(18, 10)


@pytest.fixture
def worker(cast):
    with clock.at(at(17, 9)):
        mailed(cast.worker, turn=Mode.AT_ONCE, progress=Mode.DIGEST, result=Mode.OFF)
    return cast.worker


def test_nobody_is_mailed_who_has_not_confirmed_an_address(cast):
    tell(cast.worker)
    Reach.objects.create(user=cast.chief, email="chief@example.com")
    tell(cast.chief, key="k2")
    assert (Notice.objects.count(), Delivery.objects.count(), OutboxRow.objects.count()) == (2, 0, 0)


def test_at_once_is_sent_at_once_and_once(worker):
    with clock.at(MORNING):
        tell(worker)
        tell(worker)
    assert drain(MORNING) == 1
    assert drain(MORNING) == 0
    (letter,) = mail.outbox
    assert letter.to == [f"{worker.username}@example.com"]
    assert "轮到我办" in letter.subject
    assert "派哨 ST26-1118-001，待领办" in letter.body
    assert "/t/ST26-1118-001/" in letter.body
    assert str(Delivery.objects.get().pk) in letter.extra_headers["Message-ID"]
    assert Delivery.objects.get().sent_at == MORNING


def test_a_group_that_is_off_sends_nothing(worker):
    with clock.at(MORNING):
        tell(worker, kind="close")
    assert Delivery.objects.count() == 0
    assert inbox.unread(worker).count() == 1


def test_in_quiet_hours_it_is_held_and_comes_as_one_letter(worker):
    for n, (day, hour) in enumerate([(18, 20), (18, 23), (19, 0), (19, 7)]):
        with clock.at(at(day, hour)):
            tell(worker, key=f"k{n}", number=f"ST26-1118-00{n}")
        assert Notice.objects.count() == n + 1  # the inbox does not wait
        assert drain(at(day, hour)) == 0
    assert due() == [at(19, 8, 1)]
    assert drain(at(19, 8, 1)) == 1
    (letter,) = mail.outbox
    assert "轮到我办 4 条" in letter.subject
    assert all(f"ST26-1118-00{n}" in letter.body for n in range(4))


def test_what_is_urgent_waits_for_nothing(worker):
    with clock.at(at(18, 23)):
        tell(worker, urgent=True)
        tell(worker, kind="claim", key="k2", urgent=True)  # of a group in the digest
    assert drain(at(18, 23)) == 2
    assert all("紧急" in letter.subject for letter in mail.outbox)


def test_own_quiet_hours_and_none_at_all(cast):
    mailed(cast.worker, quiet=Quiet.NONE)
    reach = mailed(cast.chief, quiet=Quiet.OWN)
    reach.quiet_from, reach.quiet_until = at(1, 9).time(), at(1, 11).time()
    reach.save()
    with clock.at(at(18, 22)):
        tell(cast.worker, cast.chief)
    assert drain(at(18, 22)) == 2
    with clock.at(MORNING):
        tell(cast.worker, cast.chief, key="k2")
    assert drain(MORNING) == 1
    assert due() == [at(18, 11, 1)]


def test_a_late_engine_does_not_wake_people_up(worker):
    with clock.at(at(18, 19, 59)):
        tell(worker)
    assert drain(at(19, 2)) == 0
    row = OutboxRow.objects.get()
    assert (clock.local(row.next_at), row.attempts, row.parked_at) == (at(19, 8), 0, None)
    assert drain(at(19, 8)) == 1


def test_one_digest_a_slot_with_counts_and_links(worker):
    for n, hour in enumerate([9, 10, 11]):
        with clock.at(at(18, hour)):
            tell(worker, kind="claim", key=f"k{n}", number=f"ST26-1118-00{n}")
    with clock.at(at(18, 15)):
        tell(worker, kind="claim", key="later", number="ST26-1118-009")
    assert due() == [at(18, 14, 30), at(19, 8, 30)]
    assert drain(at(18, 14, 29)) == 0
    assert drain(at(18, 14, 30)) == 1
    assert drain(at(18, 14, 31)) == 0
    (letter,) = mail.outbox
    assert "汇总：进展 3 条" in letter.subject
    assert "ST26-1118-009" not in letter.body
    assert drain(at(19, 8, 30)) == 1
    assert "ST26-1118-009" in mail.outbox[1].body


def test_a_digest_in_quiet_hours_waits_for_their_end(cast):
    reach = mailed(cast.worker, quiet=Quiet.OWN, progress=Mode.DIGEST)
    reach.quiet_from, reach.quiet_until = at(1, 19).time(), at(1, 9, 15).time()
    reach.save()
    with clock.at(at(18, 16)):
        tell(cast.worker, kind="claim")
    assert due() == [at(19, 9, 15)]


def test_the_digest_is_one_even_when_planned_and_drained_by_two(worker, monkeypatch):
    """Two engines hold the same row: the one whose lease was lost finds the delivery sent."""
    with clock.at(MORNING):
        tell(worker, kind="claim")
    with clock.at(at(18, 14, 30)):
        (row,) = outbox._claim("send", 1, retries=False)
    with clock.at(at(18, 14, 34)):  # the lease is over: somebody else takes it
        assert outbox.drain("send") == 1
        assert outbox._run(row, strict=True) is False
        tell(worker, kind="claim")
        assert outbox.drain("send") == 0
    assert len(mail.outbox) == 1


def test_only_one_engine_sends_at_a_time(worker):
    with clock.at(MORNING):
        for n in range(2):
            tell(worker, key=f"k{n}")
        outbox._claim("send", 1, retries=False)
        assert outbox.drain("send") == 0
    assert drain(MORNING + outbox.SEND_LEASE * 2) == 2


def test_what_was_read_meanwhile_is_not_sent(worker):
    with clock.at(MORNING):
        tell(worker)
        tell(worker, kind="claim", key="k2")
        inbox.read_all(user=worker)
    drain(at(18, 14, 30))
    assert mail.outbox == []
    assert set(Delivery.objects.values_list("dropped", flat=True)) == {"read"}


@pytest.mark.parametrize("change", ["disabled", "forgotten", "off"])
def test_what_is_no_longer_wanted_is_not_sent(worker, change):
    with clock.at(MORNING):
        tell(worker)
    if change == "disabled":
        worker.is_active = False
        worker.save()
    elif change == "forgotten":
        Reach.objects.filter(user=worker).update(email="", confirmed_at=None)
    else:
        mailed(worker, turn=Mode.OFF)
    drain(MORNING)
    assert mail.outbox == []
    assert Delivery.objects.get().dropped in ("unreachable", "off")


def test_a_mail_server_that_is_down_is_tried_again(worker, monkeypatch):
    with clock.at(MORNING):
        tell(worker)
    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMessage.send", lambda self: 1 / 0)
        assert drain(MORNING) == 0
    row = OutboxRow.objects.get()
    assert (row.attempts, row.parked_at) == (1, None)
    assert row.next_at >= MORNING + timedelta(seconds=15)
    assert drain(MORNING + timedelta(minutes=5)) == 1
    assert len(mail.outbox) == 1


def test_no_letter_tells_what_anybody_wrote(worker):
    """Whatever the inbox text says, letters name kind, number, state and link only."""
    mailed(worker, **dict.fromkeys(kinds.GROUPS, Mode.AT_ONCE))
    names = [*(kind.name for kind in KINDS), "never_registered"]
    with clock.at(MORNING):
        for n, kind in enumerate(names):
            tell(worker, kind=kind, key=f"a{n}")
    with clock.at(at(18, 22)):
        for n, kind in enumerate(names):
            tell(worker, kind=kind, key=f"b{n}")
    drain(MORNING)
    drain(at(19, 9))
    assert len(mail.outbox) == len(names) + 1
    for letter, word in itertools.product(mail.outbox, [*SECRET_WORDS.split(), worker.name]):
        assert word not in letter.subject + letter.body
        assert "\n" not in letter.subject
    messages = [wording.message_of(delivery) for delivery in Delivery.objects.all()]
    assert not [m for m in messages for word in SECRET_WORDS.split() if word in str(m)]


@pytest.mark.parametrize("url", ["//evil.example/", "https://evil.example/", "javascript:1", ""])
def test_links_lead_to_this_site_only(settings, url):
    settings.SITE_URL = "https://wg.example.gov.cn"
    assert wording.absolute(url) == "https://wg.example.gov.cn/inbox/"
    assert wording.absolute("/t/ST26-1118-001/") == "https://wg.example.gov.cn/t/ST26-1118-001/"


def test_defaults_are_those_of_the_group(cast):
    mailed(cast.worker)
    assert (mode(cast.worker, kinds.TURN), mode(cast.worker, kinds.PROGRESS)) == (Mode.AT_ONCE, Mode.OFF)


def test_telling_many_costs_no_more_than_telling_one(cast):
    people = list(cast.users.values())[:8]
    for person in people:
        mailed(person)
    costs = []
    for n, told in enumerate((people[:1], people)):
        with CaptureQueriesContext(connection) as seen, transaction.atomic(), clock.at(MORNING):
            tell(*told, key=f"k{n}")
        costs.append(len([q for q in seen if "core_outboxrow" not in q["sql"]]))
    assert costs[0] == costs[1]

"""The outbox's promises, on whichever engine the suite runs."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError

from core import clock, sql
from core.jobs import outbox
from core.models import AuditEntry, OutboxRow

pytestmark = pytest.mark.django_db


@pytest.fixture
def calls() -> Iterator[list[dict[str, object]]]:
    """A topic "test.note" that notes its payloads and leaves an effect; {"fail": 1} raises after both."""
    seen: list[dict[str, object]] = []

    def note(payload: dict[str, object]) -> None:
        seen.append(payload)
        AuditEntry.objects.create(verb="test.note", detail=payload)
        if payload.get("fail"):
            raise RuntimeError("坏了\n伪造的日志行")

    with outbox.HANDLERS.with_also(outbox.Handler("test.note", note, "记一笔")):
        yield seen


def put(key: str = "k", queue: str = "default", **payload: object) -> OutboxRow:
    with transaction.atomic():
        outbox.enqueue("test.note", payload, key=key, queue=queue)
    return OutboxRow.objects.get(key=key)


def effects() -> int:
    return AuditEntry.objects.filter(verb="test.note").count()


def test_a_row_is_handled_once(calls: list[dict[str, object]]) -> None:
    row = put(n=1)
    assert outbox.drain("default") == 1
    assert outbox.drain("default") == 0
    row.refresh_from_db()
    assert (calls, row.attempts, row.token, effects()) == ([{"n": 1}], 1, "", 1)
    assert row.done_at is not None


def test_the_same_key_twice_is_one_row(calls: list[dict[str, object]]) -> None:
    put(n=1)
    put(n=2)
    assert outbox.drain_inline() == 1
    put(n=3)
    assert outbox.drain_inline() == 0
    assert calls == [{"n": 1}]


def test_oldest_first_and_only_its_queue(calls: list[dict[str, object]]) -> None:
    for n, queue in enumerate(["default", "urgent", "default"]):
        put(key=str(n), queue=queue, n=n)
    assert outbox.drain("default") == 2
    assert [call["n"] for call in calls] == [0, 2]


def test_nothing_runs_before_its_time(calls: list[dict[str, object]]) -> None:
    with transaction.atomic():
        outbox.enqueue("test.note", {}, key="later", at=clock.now() + timedelta(hours=1))
    assert outbox.drain("default") == 0
    with clock.at(clock.now() + timedelta(hours=2)):
        assert outbox.drain("default") == 1


def test_a_failing_handler_leaves_nothing_and_is_tried_again_later(calls: list[dict[str, object]]) -> None:
    row = put(fail=1)
    assert outbox.drain("default") == 0
    row.refresh_from_db()
    assert (effects(), row.done_at, row.token, row.attempts) == (0, None, "", 1)
    assert row.next_at > clock.now()
    assert row.last_error == "RuntimeError: 坏了 伪造的日志行"
    assert outbox.drain("default") == 0
    assert len(calls) == 1


def test_parked_after_the_last_attempt_and_rerun_by_a_person(calls: list[dict[str, object]]) -> None:
    row = put(fail=1)
    moment = clock.now()
    for _attempt in range(outbox.MAX_ATTEMPTS + 3):
        moment += timedelta(hours=3)
        with clock.at(moment):
            outbox.drain("default")
    row.refresh_from_db()
    assert (len(calls), row.attempts, outbox.parked()) == (outbox.MAX_ATTEMPTS, outbox.MAX_ATTEMPTS, 1)
    assert row.parked_at is not None
    OutboxRow.objects.filter(pk=row.pk).update(payload={"n": 7})
    assert outbox.rerun(row) is True
    assert outbox.rerun(row) is False
    with clock.at(moment + timedelta(seconds=1)):
        assert outbox.drain("default") == 1
    assert (effects(), outbox.parked()) == (1, 0)


def test_an_unknown_topic_is_kept_for_a_newer_worker() -> None:
    with transaction.atomic():
        outbox.enqueue("test.unknown", {}, key="u")
    assert outbox.drain("default") == 0
    assert "NoHandler" in OutboxRow.objects.get(key="u").last_error


def test_a_lost_lease_is_fenced(calls: list[dict[str, object]]) -> None:
    put(n=1)
    (slow,) = outbox._claim("default", 10, retries=False)
    assert outbox._claim("default", 10, retries=True) == []  # leased
    with clock.at(clock.now() + outbox.LEASE * 2):
        assert outbox.drain("default") == 1
    assert outbox._run(slow, strict=True) is False
    assert (len(calls), effects()) == (1, 1)


def test_a_lost_lease_cannot_even_report_failure(calls: list[dict[str, object]]) -> None:
    put(n=1)
    (slow,) = outbox._claim("default", 10, retries=False)
    with clock.at(clock.now() + outbox.LEASE * 2):
        outbox.drain("default")
    outbox._failed(slow, RuntimeError("late"))
    outbox._park(slow, "late")
    row = OutboxRow.objects.get(pk=slow.pk)
    assert row.done_at is not None
    assert (row.parked_at, row.last_error) == (None, "")


def test_what_kills_its_worker_is_parked_and_takes_no_neighbour_along(calls: list[dict[str, object]]) -> None:
    for n in range(3):
        put(key=str(n), n=n)
    moment = clock.now()
    for _crash in range(outbox.MAX_ATTEMPTS):  # killed right after claiming, every time
        with clock.at(moment):
            outbox._claim("default", 1, retries=False) or outbox._claim("default", 1, retries=True)
        moment += outbox.LEASE * 2
        OutboxRow.objects.exclude(key="0").update(next_at=moment + timedelta(minutes=1))
    with clock.at(moment + timedelta(minutes=2)):
        assert outbox.drain("default") == 2
    assert OutboxRow.objects.get(key="0").parked_at is not None
    assert sorted(call["n"] for call in calls) == [1, 2]


def test_retries_are_claimed_one_at_a_time() -> None:
    for n in range(3):
        put(key=str(n), n=n)
    OutboxRow.objects.update(attempts=1)
    assert len(outbox._claim("default", 1, retries=True)) == 1
    assert outbox._claim("default", 10, retries=False) == []


def test_rolled_back_with_its_transaction() -> None:
    def change() -> None:
        with transaction.atomic():
            outbox.enqueue("test.note", {}, key="gone")
            raise IntegrityError

    with pytest.raises(IntegrityError):
        change()
    assert not OutboxRow.objects.exists()


def test_only_ids_go_in() -> None:
    with transaction.atomic():
        outbox.enqueue("test.note", {"a": 1, "b": "ST-1", "c": [1, 2], "d": None, "e": True}, key="ok")
        for value in ("x" * 65, {"name": "陈"}, 1.5, ["x" * 65]):
            with pytest.raises(ValueError, match="ids"):
                outbox.enqueue("test.note", {"v": value}, key="no")
        with pytest.raises(ValueError, match="queue"):
            outbox.enqueue("test.note", {}, key="no", queue="other")


def test_one_handler_a_topic() -> None:
    with pytest.raises(ValueError, match="'core"):
        outbox.handles("core.echo", label="别的")(lambda payload: None)


def test_lag_and_purge(calls: list[dict[str, object]]) -> None:
    assert outbox.lag() == 0
    with clock.at(clock.now() - timedelta(seconds=90)):
        put()
    assert 90 <= outbox.lag() < 100
    outbox.drain("default")
    assert outbox.lag() == 0
    assert outbox.purge(clock.now() - timedelta(days=1)) == 0
    assert outbox.purge(clock.now()) == 1


def test_backoff_grows_and_is_capped() -> None:
    assert 2.5 <= outbox.backoff(1).total_seconds() <= 7.5
    assert outbox.backoff(40).total_seconds() <= outbox.BACKOFF_CAP_SECONDS * 1.5


def test_inline_errors_surface(calls: list[dict[str, object]]) -> None:
    put(fail=1)
    with pytest.raises(RuntimeError):
        outbox.drain_inline()


@pytest.mark.django_db(transaction=True)
def test_enqueue_needs_a_transaction() -> None:
    with pytest.raises(TransactionManagementError):
        outbox.enqueue("test.note", {}, key="k")


@pytest.mark.django_db(transaction=True)
def test_really_committed_rows(calls: list[dict[str, object]]) -> None:
    for n in range(30):
        put(key=str(n), n=n)
    assert outbox.drain("default", limit=7) == 7
    assert outbox.drain("default") == 23
    assert effects() == 30


def test_claim_contract(calls: list[dict[str, object]]) -> None:
    """Both engines' claim: due, open, unleased, right queue, oldest first, token and attempt set."""
    now = clock.now()
    wanted = [put(key=f"due{n}").pk for n in range(3)]
    rows = {name: put(key=name).pk for name in ("future", "done", "parked", "leased", "tried")}
    OutboxRow.objects.filter(pk=rows["future"]).update(next_at=now + timedelta(hours=1))
    OutboxRow.objects.filter(pk=rows["done"]).update(done_at=now)
    OutboxRow.objects.filter(pk=rows["parked"]).update(parked_at=now)
    OutboxRow.objects.filter(pk=rows["leased"]).update(leased_until=now + timedelta(hours=1))
    OutboxRow.objects.filter(pk=rows["tried"]).update(attempts=2, leased_until=now - timedelta(seconds=1))
    put(key="other", queue="bulk")
    moment, until = clock.now(), clock.now() + outbox.LEASE
    first = sql.claim("default", moment, 2, retries=False, token="a", leased_until=until)
    second = sql.claim("default", moment, 9, retries=False, token="b", leased_until=until)
    retry = sql.claim("default", moment, 9, retries=True, token="c", leased_until=until)
    assert (sorted(first), second, retry) == (wanted[:2], wanted[2:], [rows["tried"]])
    row = OutboxRow.objects.get(pk=wanted[0])
    assert (row.token, row.attempts, row.leased_until) == ("a", 1, until)


def test_the_claim_uses_its_partial_index() -> None:
    for n in range(50):
        put(key=str(n))
    OutboxRow.objects.update(done_at=clock.now())
    explain = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
    for retries, index in ((False, "core_outbox_fresh"), (True, "core_outbox_retry")):
        statement = sql._DUE.format(tried=sql.TRIED[retries])
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(explain + statement, ["default", clock.now(), clock.now(), 10])
            assert index in str(cursor.fetchall())


# ---- senders -----------------------------------------------------------------------------------------------
class Line:
    """A topic "test.send" whose sender does what `does` says, and notes how often and in what it ran."""

    def __init__(self) -> None:
        self.does: BaseException | None = None
        self.ran: list[bool] = []

    def send(self, payload: dict[str, object]) -> None:
        self.ran.append(connection.in_atomic_block)
        if self.does is not None:
            raise self.does


@pytest.fixture
def line() -> Iterator[Line]:
    made = Line()
    with outbox.HANDLERS.with_also(outbox.Handler("test.send", made.send, "发出去", sends=True)):
        yield made


def put_send(key: str = "s") -> OutboxRow:
    with transaction.atomic():
        outbox.enqueue("test.send", {}, key=key, queue=outbox.SEND)
    return OutboxRow.objects.get(key=key)


@pytest.mark.django_db(transaction=True)
def test_a_sender_runs_outside_any_transaction(line: Line) -> None:
    put_send()
    assert outbox.drain("send") == 1
    assert line.ran == [False]
    assert OutboxRow.objects.get().done_at is not None


def test_a_sender_that_died_is_run_again_after_its_lease(line: Line) -> None:
    put_send()
    outbox._claim("send", 1, retries=False)
    with clock.at(clock.now() + outbox.LEASE * 2):
        assert outbox.drain("send") == 0  # it may still be waiting for the other side
    with clock.at(clock.now() + outbox.SEND_LEASE * 2):
        assert outbox.drain("send") == 1


def test_a_sender_may_wait_without_counting_the_try(line: Line) -> None:
    row, moment = put_send(), clock.now() + timedelta(hours=3)
    line.does = outbox.Later(moment)
    for _try in range(outbox.SEND_ATTEMPTS * 2):
        assert outbox.drain("send") == 0
        OutboxRow.objects.update(next_at=clock.now())
    row.refresh_from_db()
    assert (row.attempts, row.parked_at, row.token) == (0, None, "")


def test_a_sender_may_give_up_at_once(line: Line) -> None:
    row = put_send()
    line.does = outbox.GiveUp("接收端已暂停")
    assert outbox.drain("send") == 0
    row.refresh_from_db()
    assert (row.attempts, row.last_error) == (1, "接收端已暂停")
    assert row.parked_at is not None


def test_a_sender_is_patient_for_hours_before_it_is_parked(line: Line) -> None:
    row, moment = put_send(), clock.now()
    began, line.does = moment, OSError("down")
    for _try in range(outbox.SEND_ATTEMPTS):
        with clock.at(moment):
            outbox.drain("send")
        row.refresh_from_db()
        moment = row.next_at
    assert row.parked_at is not None
    assert row.parked_at - began > timedelta(hours=1)
    assert len(line.ran) == outbox.SEND_ATTEMPTS


def test_what_waits_for_others_says_nothing_about_us(line: Line) -> None:
    with clock.at(clock.now() - timedelta(hours=1)):
        put_send()
    assert outbox.lag() == 0.0

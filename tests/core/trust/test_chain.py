"""The chain over the trail: whoever changes a row is found, the database's owner too; what left the house holds."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction

from core import sql
from core.models import AuditEntry, TrailLink
from core.trust import audit, chain, heads

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("test_acts")]


@contextmanager
def as_owner() -> Iterator[Callable[..., None]]:
    """What the database's owner can do: take the guards off, write, put them back."""
    vendor = connection.vendor
    with connection.cursor() as cursor:
        for statement in (*sql.AUDIT_UNGUARD[vendor], *sql.CHAIN_UNGUARD[vendor]):
            cursor.execute(statement)
        yield cursor.execute
        for statement in (*sql.AUDIT_GUARD[vendor], *sql.CHAIN_GUARD[vendor]):
            cursor.execute(statement)


@pytest.fixture
def rows() -> list[AuditEntry]:
    made = [audit.record("test.did", None, actor=None, n=n, part={"b": 1.5, "a": [True, None, "字"]}) for n in range(6)]
    chain.seal()
    return made


@pytest.fixture
def place(settings, tmp_path):
    settings.TRAIL_HEADS = [str(tmp_path / "away" / "heads.txt")]
    return tmp_path / "away" / "heads.txt"


def found() -> list[str]:
    return [*chain.faults(), *heads.faults()]


def forge(execute: Callable[..., None]) -> None:
    """Link everything anew without the key, as who holds only the database can."""
    execute("DELETE FROM core_traillink")
    digest = chain.START
    for position, row in enumerate(AuditEntry.objects.order_by("pk").values_list(*chain.COLUMNS), start=1):
        digest = chain.fingerprint(digest, row)
        TrailLink.objects.create(position=position, entry_id=row[0], digest=digest)


def test_every_row_is_linked_once_in_order_and_the_last_is_signed(rows):
    assert chain.seal() == 0
    links = list(TrailLink.objects.order_by("position"))
    assert [link.position for link in links] == list(range(1, len(links) + 1))
    assert [link.entry_id for link in links[-6:]] == [row.pk for row in rows]
    assert links[-1].signature
    assert found() == []
    audit.record("test.did", None, actor=None)
    assert (chain.waiting(), chain.seal(), found()) == (1, 1, [])


def test_an_idle_turn_writes_nothing(rows, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert chain.seal() == 0


def test_rows_that_are_committed_late_are_linked_late(rows):
    """As ids are given out before the commit, a row may appear below others that are linked."""
    late = rows[2]
    with as_owner() as execute:
        execute("DELETE FROM core_traillink WHERE position > 2")
        execute("DELETE FROM core_auditentry WHERE id = %s", [late.pk])
    chain.seal()
    late.save(force_insert=True)
    chain.seal()
    assert TrailLink.objects.order_by("-position").first().entry_id == late.pk
    assert found() == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE core_auditentry SET verb = 'test.other' WHERE id = {id}",
        "UPDATE core_auditentry SET actor_label = '别人' WHERE id = {id}",
        "UPDATE core_auditentry SET actor_id = 7 WHERE id = {id}",
        "UPDATE core_auditentry SET object_id = '7' WHERE id = {id}",
        "UPDATE core_auditentry SET at = '2020-01-01 00:00:00+00:00' WHERE id = {id}",
        "UPDATE core_auditentry SET detail = '{{\"n\": 3}}' WHERE id = {id}",
        "UPDATE core_auditentry SET request_id = 'other' WHERE id = {id}",
        "DELETE FROM core_auditentry WHERE id = {id}",
        "DELETE FROM core_traillink WHERE entry_id = {id}",
        "UPDATE core_traillink SET digest = 'x' WHERE entry_id = {id}",
    ],
)
def test_one_changed_row_is_named(rows, change):
    with as_owner() as execute:
        execute(change.format(id=rows[2].pk))
    position = TrailLink.objects.filter(entry_id=rows[1].pk).get().position + 1
    assert any(str(rows[2].pk) in text or f"links {position} to {position}" in text for text in found())


def test_two_rows_that_change_places_are_found(rows):
    one, other = rows[1], rows[3]
    with as_owner() as execute:
        execute("UPDATE core_auditentry SET detail = %s WHERE id = %s", ['{"n": 3}', one.pk])
        execute("UPDATE core_auditentry SET detail = %s WHERE id = %s", ['{"n": 1}', other.pk])
    assert {f"row {row.pk}" in text for row, text in zip((one, other), found(), strict=True)} == {True}


def test_links_that_change_places_are_found(rows):
    first = TrailLink.objects.get(entry_id=rows[0].pk).position
    with as_owner() as execute:
        execute("UPDATE core_traillink SET position = -position WHERE position IN (%s, %s)", [first, first + 1])
        execute("UPDATE core_traillink SET position = position + %s WHERE position < 0", [2 * first + 1])
    assert found()


def test_who_links_everything_anew_has_no_key(rows):
    with as_owner() as execute:
        execute("UPDATE core_auditentry SET verb = 'test.other' WHERE id = %s", [rows[2].pk])
        forge(execute)
    assert found() == [f"link {TrailLink.objects.count()}, the last, is not signed by this installation"]


def test_a_row_slipped_in_long_after_is_found(rows, monkeypatch):
    monkeypatch.setattr(chain, "LATE", 1)
    with as_owner() as execute:
        execute("DELETE FROM core_auditentry WHERE id = %s", [rows[2].pk])
        execute("DELETE FROM core_traillink")
    chain.seal()
    rows[2].save(force_insert=True)
    assert chain.seal() == 0
    assert found() == [f"row {rows[2].pk} stands in no link"]


def test_a_trail_cut_short_is_found_by_the_head_that_left(rows, place):
    heads.leave()
    with as_owner() as execute:
        execute("DELETE FROM core_traillink WHERE entry_id >= %s", [rows[3].pk])
        execute("DELETE FROM core_auditentry WHERE id >= %s", [rows[3].pk])
        TrailLink.objects.filter(entry_id=rows[2].pk).update(
            signature=chain.sign(chain._signed(*TrailLink.objects.values_list("position", "digest").last()))
        )
    assert [*chain.faults()] == []
    assert "the chain does not reach it" in found()[0]


def test_no_row_at_all_is_found_too(rows, place):
    heads.leave()
    with as_owner() as execute:
        execute("DELETE FROM core_traillink")
        execute("DELETE FROM core_auditentry")
    assert len(found()) == 1


def test_new_rows_do_not_cover_a_cut(rows, place):
    heads.leave()
    with as_owner() as execute:
        execute("DELETE FROM core_traillink WHERE entry_id >= %s", [rows[3].pk])
        execute("DELETE FROM core_auditentry WHERE id >= %s", [rows[3].pk])
    for _n in range(20):
        audit.record("test.did", None, actor=None)
    chain.seal()
    before = place.read_text()
    assert heads.leave() == 0
    assert place.read_text() == before
    assert found()


def test_a_head_leaves_once_and_a_place_that_fails_holds_nothing_up(rows, settings, place, tmp_path):
    (tmp_path / "folder").mkdir()
    settings.TRAIL_HEADS = [str(tmp_path / "folder"), str(place)]
    assert (heads.leave(), heads.leave()) == (1, 0)
    position, digest, signature = place.read_text().split()[1:]
    head = chain.head()
    assert (int(position), digest, signature) == (head.position, head.digest, head.signature)
    assert [look.holds for look in heads.look()] == [False, True]
    assert "cannot be read" in found()[0]


def test_a_written_code_is_asked_in_any_spacing(rows):
    head = chain.head()
    code = heads.code_of(head)
    assert heads.holds(code)
    assert heads.holds(f" {head.position} - {heads.spelled(head).upper()}")
    for bad in (
        "",
        "1",
        f"{head.position}-",
        code[:-1],
        f"{head.position + 1}-{code.partition('-')[2]}",
        "²-" + "a" * 24,
    ):
        assert not heads.holds(bad), bad


def test_an_older_key_may_be_given_up_once_a_link_is_signed_with_the_new(rows, settings):
    settings.FIELD_KEYS = ["new-key-of-fields", settings.SECRET_KEY]
    assert found() == []
    audit.record("test.did", None, actor=None)
    chain.seal()
    settings.FIELD_KEYS = ["new-key-of-fields"]
    assert found() == []


@pytest.mark.parametrize("bad", ["UPDATE core_traillink SET digest='x'", "DELETE FROM core_traillink"])
def test_the_database_refuses_to_change_a_link(rows, bad):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(bad)


def test_a_night_reads_the_newest_and_a_part_so_that_every_row_has_its_turn(rows, monkeypatch):
    monkeypatch.setattr(chain, "A_NIGHT", 2)
    length = TrailLink.objects.count()
    for row in (rows[0], rows[2], rows[4]):
        with as_owner() as execute:
            execute("UPDATE core_auditentry SET verb = 'test.other' WHERE id = %s", [row.pk])
    nights = [list(chain.faults_tonight(night)) for night in range(length)]
    assert {text for night in nights for text in night} == set(chain.faults())
    assert all(len(night) <= 2 for night in nights)
    assert all(str(rows[4].pk) in night[-1] for night in nights), "the newest are read every night"

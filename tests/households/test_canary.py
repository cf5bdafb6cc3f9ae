"""Values that must never be seen unmasked: in no page, file, log, queue, trail or column of the database."""

import logging
import uuid

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.urls import get_resolver, reverse

from core.jobs import outbox
from core.trust import privacy
from grids import households
from grids.finding import found_q
from grids.households import NewHousehold
from grids.models import Household
from households.file import actions
from households.file.actions import Person
from households.imports import work
from households.models import Consent
from tests.access.visiting import ask
from tests.households.conftest import book, helper, imported, uploaded, visited

NAME, PHONE, SON, SON_PHONE, WORDS = "欧阳金丝雀", "10000009137", "欧阳小雀", "10000009138", "金丝雀说屋里漏水"
CANARIES = (NAME, PHONE, SON, SON_PHONE)


@pytest.fixture
def canary(cast):
    row = [NAME, PHONE, "金丝雀里1组1号", "440783103229002"]
    imported(cast, book([["户主", "电话", "门牌地址", "网格编码"], row]))
    home = Household.objects.select_related("area").get(address="金丝雀里1组1号")
    actions.add_resident(household=home, person=Person(SON, SON_PHONE, "child"), user=cast.worker)
    actions.set_guarded(household=home, kinds={"violence"}, user=cast.secretary)
    actions.note_consent(household=home, state=Consent.State.AGREED, user=cast.worker)
    visited(cast, household=home, note="聊了家常")
    visited(cast, "matter", household=home, note="屋里漏水")
    helper(cast)
    return home


def pages(cast, home):
    """Every page of the installation that can be asked for with this household, by everybody."""
    paths = [reverse(f"households:{name}") for name in ("index", "due", "journal", "journal_print", "liaisons")]
    paths += [reverse(f"households:{name}") for name in ("imports", "new_import", "exports", "new_export")]
    names = ("file", "edit", "visit", "matter", "notice", "consent", "new_need", "new_resident", "guarded")
    paths += [reverse(f"households:{name}", args=[home.code]) for name in names]
    paths += [reverse("households:index", query={"q": word}) for word in CANARIES]
    paths += [reverse("areas:detail", args=[area.code]) for area in (cast.microgrid, cast.village, cast.township)]
    paths += ["/m/", "/t/", "/inbox/", "/people/audit/", "/board/", f"/m/new?household={home.code}"]
    return paths


def test_no_page_shows_them(cast, canary):
    for user in cast.users.values():
        for path in pages(cast, canary):
            text = ask(user, "get", path).content.decode()
            for word in CANARIES:
                shown = text.replace(f'value="{word}"', "").replace(f"q={word}", "")
                assert word not in shown, (user, path, word)


def test_no_file_log_queue_or_column_holds_them(cast, canary, login, caplog, tmp_path):
    with caplog.at_level(logging.DEBUG):
        client = login(cast.secretary)
        for kind in ("csv", "xlsx"):
            data = b"".join(client.get(reverse("households:download", args=[kind])).streaming_content)
            assert not any(word.encode() in data for word in CANARIES)
        one = uploaded(cast, book([["户主", "电话", "门牌地址", "网格编码"], [NAME, PHONE, "2号", "440783103229002"]]))
        work.choose_columns(one, columns=one.columns, user=cast.secretary)
        stored()  # while the file lies in pieces
        outbox.drain_inline()
        stored()  # while its rows lie in chunks
        bad = client.post(
            reverse("households:edit", args=[canary.code]), {"head_name": NAME, "phone": PHONE + "x" * 30}
        )
        assert bad.status_code == 422
    said = (record.getMessage() for record in caplog.records if not record.name.startswith("django.db"))
    logged = "\n".join(said)
    assert not any(word in logged for word in CANARIES)


def stored():
    """Every text of every table as the database holds it."""
    for model in apps.get_models():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")
            text = "\n".join(str(row) for row in cursor.fetchall())
        for word in CANARIES:
            assert word not in text, (model, word)


def test_only_who_is_told_to_look_sees_them(cast, canary, login):
    shown = login(cast.worker).post(reverse("households:reveal", args=[canary.code]), {"reason": "visit"})
    assert all(word in shown.content.decode() for word in CANARIES)
    assert shown["Cache-Control"].count("no-store")
    assert login(cast.auditor).post(reverse("households:reveal", args=[canary.code])).status_code == 403


def test_new_keys_open_what_old_ones_closed(cast, canary, settings, capsys):
    settings.FIELD_KEYS = ["new-key-" + uuid.uuid4().hex, settings.SECRET_KEY]
    call_command("rekey")
    assert "grids_household.head_name: 0 / 0" not in capsys.readouterr().out
    call_command("rekey")
    again = capsys.readouterr().out
    assert all(line.split(": ")[1].startswith("0 /") for line in again.splitlines()), "done already"
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    home = Household.objects.get(pk=canary.pk)
    assert home.head_name == NAME
    assert canary not in Household.objects.filter(found_q(NAME)), "the index is still the old key's"
    call_command("rekey", "--indexes")
    assert canary in Household.objects.filter(found_q(NAME))
    assert canary in Household.objects.filter(found_q(PHONE))


def test_encryption_round_trips_any_text(settings):
    settings.FIELD_KEYS = ["b-key", "a-key"]
    for text in ("", "陈", "𠮷野家", "a" * 3000):
        closed = privacy.encrypt(text)
        assert privacy.decrypt(closed) == text
        assert closed == "" or text not in closed
        assert privacy.reencrypted(closed) == closed if closed else True
    settings.FIELD_KEYS = ["c-key", "b-key", "a-key"]
    assert privacy.decrypt(privacy.reencrypted(closed)) == text


def test_every_route_of_households_is_asked(cast, canary):
    """A new page with a household's code has to be among `pages` or shown by a post."""
    names = {p.name for p in get_resolver("households.urls").url_patterns if "householdcode" in str(p.pattern)}
    asked = {"file", "edit", "visit", "matter", "notice", "consent", "new_need", "new_resident", "guarded"}
    assert names - asked == {"reveal", "paper", "new_request"}


def test_who_registers_again_is_found_under_the_new_name(cast, canary):
    new = NewHousehold(canary.area, canary.address, "许玉兰", "10000009139")
    households.correct(household=canary, new=new, version=canary.version, actor=None)
    assert canary in Household.objects.filter(found_q("许玉兰"))
    assert canary not in Household.objects.filter(found_q(NAME))

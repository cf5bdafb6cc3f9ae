"""What a phone keeps to be read without signal: which pages, for whom, and by which worker."""

import json
import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from issues.field.kept_views import SHELL
from issues.workflow import State
from tests.ledgers.conftest import campaign, target
from tests.tickets import at_state

pytestmark = pytest.mark.django_db
PAGES, WORKER, MANIFEST = (reverse(f"issues:{name}") for name in ("kept_pages", "worker", "manifest"))


def page_of(ticket):
    return reverse("issues:phone_ticket", args=[ticket.number])


def test_the_worker_has_its_files_and_a_version_of_its_own(monkeypatch):
    answer = Client().get(WORKER)
    source = answer.content.decode()
    assert answer["Content-Type"].startswith("text/javascript")
    assert "no-cache" in answer["Cache-Control"]
    found = re.match(r'const VERSION = "(\w{12})", ASSETS = (\[.*\]);', source)
    assert all(finders.find(path) for path in SHELL)
    assert len(json.loads(found[2])) == len(SHELL)
    monkeypatch.setattr("issues.field.kept_views.asset_url", lambda path: f"/static/other/{path}")
    assert Client().get(WORKER).content.decode()[:40] != source[:40]


def test_the_manifest_names_signs_that_exist():
    answer = Client().get(MANIFEST)
    said = json.loads(answer.content)
    assert (said["scope"], said["start_url"], said["display"]) == ("/m/", "/m/", "standalone")
    assert all(finders.find(icon["src"].removeprefix("/static/")) for icon in said["icons"])


def test_a_phone_keeps_ones_own_tickets_households_and_campaigns(cast, login):
    own, other = at_state(cast, State.PLACED), at_state(cast, State.PLACED, area=cast.sibling_grid)
    cast.household.tags = ["独居老人"]
    cast.household.save()
    row = target(cast, campaign(cast))
    pages = login(cast.worker).get(PAGES).json()["pages"]
    assert len(pages) == len(set(pages))
    assert all(url.startswith("/m/") for url in pages)
    assert page_of(own) in pages
    assert reverse("issues:phone_act", args=[own.number, "supplement"]) in pages
    assert page_of(other) not in pages
    assert reverse("households:visit", args=[cast.household.code]) in pages
    assert reverse("ledgers:target", args=[row.pk]) in pages
    assert login(cast.handler).get(PAGES).status_code == 403
    client = login(cast.worker)
    assert {client.get(url).status_code for url in pages} == {200}


def test_a_page_says_for_whom_it_may_be_kept_and_a_sensitive_ticket_for_nobody(cast, login):
    open_one, veiled = at_state(cast, State.ACCEPTED), at_state(cast, State.ACCEPTED, item=cast.items["F04"])
    client = login(cast.worker)
    assert client.get(page_of(open_one))["Kept-For"] == str(cast.worker.pk)
    assert "Kept-For" not in client.get(reverse("members:account"))
    assert "Kept-For" not in Client().get("/m/")
    assert veiled.is_sensitive
    assert client.get(page_of(veiled))["Kept-For"] == ""
    assert page_of(veiled) not in client.get(PAGES).json()["pages"]


def test_a_page_fetched_to_be_kept_leaves_what_is_to_be_said_to_who_looks(cast, login):
    client, ticket = login(cast.worker), at_state(cast, State.ACCEPTED)
    taken = client.post(
        reverse("issues:act", args=[ticket.number, "supplement"]), {"version": ticket.version, "note": "又漫上来了"}
    )
    assert taken.status_code == 302
    assert 'class="flash"' not in client.get("/m/", headers={"For-Keeping": "1"}).content.decode()
    assert 'class="flash"' in client.get("/m/").content.decode()

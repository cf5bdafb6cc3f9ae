"""What leaves the house: which addresses ask for a fresh second factor first, by the rule of `stepping_up`."""

import inspect
import re

import pytest
from django.conf import settings as django_settings

from core import clock
from members.models import User
from members.roles import Role
from tests import worlds
from tests.access.stage import build_stage
from tests.access.table import NOBODY, PUBLIC, ROWS, WITHOUT_POLICY
from tests.access.test_matrix import Visitor, own_url, routes

BOTH, SENT = ("get", "post"), ("post",)
ASK = {
    "issues:export": BOTH,
    "issues:export_sheets": BOTH,
    "households:download": BOTH,
    "households:problems": BOTH,
    "households:faulty_rows": BOTH,
    "households:new_export": BOTH,
    "households:decide_export": BOTH,
    "households:fetch_export": BOTH,
    "households:paper": BOTH,
    "areafiles:download": BOTH,
    "ledgers:export_problems": BOTH,
    "ledgers:export_targets": BOTH,
    "mediation:agreement": SENT,
}
"""Many rows, or personal data in full; and for which methods."""
NEED_NOT = {
    "lists:export": "every version of a list is open to everybody signed in",
    "admission:policy_file": "a published document",
    "households:import_form": "an empty form",
    "places:export": "boundaries, nothing of anybody",
    "areas:qr": "the picture of a code that hangs in the street",
    "issues:code_picture": "the picture of one's own code, for who has no account",
    "issues:photo": "one photo of the page it hangs on",
    "issues:resident_photo": "one photo, for who has no account",
    "ledgers:photo": "one photo of the page it hangs on",
    "admission:pushed_photo": "one photo of the page it hangs on",
    "ledgers:sheet": "the masked list on paper",
    "ledgers:campaign_sheet": "the masked list on paper",
    "households:journal_print": "the masked list on paper",
    "households:notice": "what every household is told",
    "admission:right_paper": "one decision, without residents",
}
FILE = re.compile(r"Content-Disposition|FileResponse|StreamingHttpResponse|tables\.write|stored\.sent|return sent\(")
TEMPLATE = re.compile(r'"([\w/]+\.html)"')


@pytest.fixture
@worlds.on(build_stage)
def stage(db):
    return build_stage()


def is_paper(name):
    path = django_settings.BASE_DIR / "templates" / name
    return path.exists() and '{% extends "paper.html" %}' in path.read_text()


def takes_away(view):
    """Whether the source of a view speaks of a file or of paper."""
    view = inspect.unwrap(view)
    source, said = inspect.getsource(view), str(inspect.signature(view).return_annotation)
    return bool(FILE.search(source + said)) or any(is_paper(name) for name in TEMPLATE.findall(source))


def test_every_address_of_a_file_or_a_paper_is_decided():
    views = {name: pattern.callback for name, pattern in routes() if name not in WITHOUT_POLICY}
    found = {name for name, view in views.items() if takes_away(view)}
    assert not found - ASK.keys() - NEED_NOT.keys(), "decide by the rule in members/signing_in/stepping_up.py"
    asking = {name for name, view in views.items() if hasattr(view, "asks_for_proof")}
    assert asking == ASK.keys()
    for name, methods in ASK.items():
        assert ("GET" in views[name].asks_for_proof) is (methods == BOTH), name


@pytest.mark.parametrize("role", list(Role))
def test_nothing_leaves_without_a_proof_but_what_need_not(stage, settings, role):
    """Live, over every address of the installation: also what a source does not tell."""
    visitor, wrong = Visitor(user := stage.cast.holding(role)), []
    session = visitor._client.session
    session["proved"] = int(clock.now().timestamp()) - 601  # enough for admins, too old for files
    session.save()
    User.objects.update(password_set_at=clock.now())
    settings.SECURITY_PROFILE = "dengbao3"
    for name, row in ROWS.items():
        for method in BOTH:
            who = getattr(row, method)
            if who in (NOBODY, PUBLIC) or role not in who:
                continue
            answer = visitor.ask(method, own_url(stage, name, user))
            is_asked = answer.status_code == 302 and answer["Location"].startswith("/account/factor/?next=")
            if is_asked is not (method in ASK.get(name, ())):
                wrong.append(f"{method} {name}: {answer.status_code}, asked: {is_asked}")
            on_paper = any(one.name == "paper.html" for one in answer.templates)
            if (answer.has_header("Content-Disposition") or on_paper) and name not in NEED_NOT.keys() | ASK.keys():
                wrong.append(f"{method} {name}: leaves, and nobody decided")
    assert not wrong, "\n".join(wrong)

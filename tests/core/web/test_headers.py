"""Whatever stands in the headers of a request: an answer, never an error of ours."""

from itertools import cycle, islice, product

import pytest
from django.test import Client
from django.urls import reverse

from issues.workflow import State
from tests.tickets import at_state

pytestmark = pytest.mark.django_db
NONSENSE = (
    "http://[", "http://[::1", "//[", "http://a:b:c/", "\xff\xfe", "http://x/\x7f", "%", "%zz", "a" * 5000, "", " ",
    ",", "http://testserver/t/?\t", "javascript:alert(1)", ";=;", "W/", '"', "-1", "99999999999999999999",
)  # fmt: skip
READ = (
    "HX-Current-URL", "HX-Request", "HX-Target", "HX-Trigger", "HX-Trigger-Name", "HX-Prompt", "HX-Boosted",
    "HX-History-Restore-Request", "HX-Current-URL-URI-AutoEncoded", "Triggering-Event", "Accept", "Accept-Language",
    "Accept-Encoding", "If-None-Match", "If-Modified-Since", "Range", "Referer", "Origin", "X-Request-ID",
    "X-Forwarded-For", "X-Forwarded-Proto", "Content-Type", "Content-Length", "User-Agent", "Cookie",
)  # fmt: skip


@pytest.fixture
def addresses(cast):
    ticket = at_state(cast, State.HANDLING)
    return [
        reverse("issues:peek", args=[ticket.number]),
        reverse("issues:queue"),
        reverse("issues:act", args=[ticket.number, "progress"]),
        reverse("notices:badge"),
        reverse("issues:find"),
    ]


WHOLE = {"HX-Current-URL", "Referer"}
"""Pages read these to find their way; the others are read alike for every page."""
FEW = 2


@pytest.mark.parametrize("name", READ)
def test_a_malformed_header_is_no_error_of_ours(cast, login, addresses, name):
    """Every value in every header; each header on every page, in turn where it is not one that pages read."""
    browser: Client = login(cast.handler)
    browser.raise_request_exception = False
    places = list(product(addresses, ({}, {"HX-Request": "true"})))
    turn = cycle(places)
    for value in NONSENSE:
        for address, more in places if name in WHOLE else islice(turn, FEW):
            answer = browser.get(address, headers={**more, name: value})
            assert answer.status_code < 500, (name, value, address)

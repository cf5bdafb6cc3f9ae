"""Whatever stands in the headers of a request: an answer, never an error of ours."""

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


@pytest.mark.parametrize("name", READ)
def test_a_malformed_header_is_no_error_of_ours(cast, login, addresses, name):
    browser: Client = login(cast.handler)
    browser.raise_request_exception = False
    for value in NONSENSE:
        for address in addresses:
            for more in ({}, {"HX-Request": "true"}):
                answer = browser.get(address, headers={**more, name: value})
                assert answer.status_code < 500, (name, value, address)

"""The browser of the journeys works: a real Chromium reaches a live server and its errors are seen."""

from typing import Any

import pytest


@pytest.mark.browser
def test_a_page_of_ours_opens_in_chromium(live_server: Any, browser_page: Any) -> None:
    complaints: list[str] = []
    browser_page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    answer = browser_page.goto(f"{live_server.url}/no-such-page/")
    assert answer.status == 404
    assert (browser_page.locator("html").get_attribute("lang") or "").startswith("zh")
    assert [text for text in complaints if "404" not in text] == []

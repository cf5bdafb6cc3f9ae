"""How long pages take, one reader at a time over a kept-alive connection, in milliseconds."""

from itertools import cycle, islice
from statistics import quantiles

from django.db.models import Max, Min

from benchmarks.browser import Browser
from benchmarks.people import COUNTY, DISPATCHER, PASSWORD, TOWN, WORKER
from issues.models import Ticket

WARM_UP = 10
PAGES = (
    ("phone home /m/", WORKER, "/m/"),
    ("queue /t/", DISPATCHER, "/t/"),
    ("queue, all tickets", DISPATCHER, "/t/?view=all"),
    ("queue, search", DISPATCHER, "/t/?view=all&q=祠堂"),
    ("ticket /t/<number>/", DISPATCHER, "ticket"),
    ("board /board/, township", TOWN, "/board/"),
    ("board /board/, county", COUNTY, "/board/"),
)
"""What a page is called, who reads it, where it is."""


def measure(port: int, requests: int) -> dict[str, tuple[float, float]]:
    """Median and 95th percentile of each page."""
    browsers = {name: Browser(port).sign_in(name, PASSWORD) for name in {reader for _title, reader, _path in PAGES}}
    return {title: _spread(browsers[reader], path, requests) for title, reader, path in PAGES}


def _spread(browser: Browser, path: str, requests: int) -> tuple[float, float]:
    paths = list(islice(cycle(_tickets() if path == "ticket" else [_ascii(path)]), WARM_UP + requests))
    for one in paths[:WARM_UP]:
        browser.timed(one)
    times = sorted(browser.timed(one) for one in paths[WARM_UP:])
    cuts = quantiles(times, n=100, method="inclusive")
    return cuts[49], cuts[94]


def _tickets() -> list[str]:
    """Tickets all over the history, open and ended."""
    bounds = Ticket.objects.aggregate(first=Min("id"), last=Max("id"))
    ids = range(bounds["first"], bounds["last"] + 1, max((bounds["last"] - bounds["first"]) // 100, 1))
    numbers = Ticket.objects.filter(pk__in=ids).order_by("id").values_list("number", flat=True)
    return [f"/t/{number}/" for number in numbers]


def _ascii(path: str) -> str:
    from urllib.parse import quote

    return quote(path, safe="/?&=")

"""How long pages take, one reader at a time over a kept-alive connection, in milliseconds.

`benchmarks.cost` reads them in process.
"""

from functools import partial
from itertools import cycle, islice
from statistics import quantiles

from benchmarks.browser import Browser
from benchmarks.people import COUNTY, DISPATCHER, HANDLER, PASSWORD, TOWN, WORKER
from benchmarks.together import together
from issues.models import Ticket
from members.models import User

WARM_UP = 10
FILTERED = "/t/?view=all&returned=1"
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
IN_PROCESS = (
    *PAGES,
    ("queue, filtered", DISPATCHER, FILTERED),
    ("queue, an item's closed ones", DISPATCHER, "/t/?view=all&state=closed&item=C02"),
    ("queue of a department", HANDLER, "/t/"),
    ("ticket on the phone /m/t/<number>/", WORKER, "phone ticket"),
    ("list of items /lists/", COUNTY, "/lists/"),
)

CROWDED = ("queue, filtered", "ticket /t/<number>/", "board /board/, county")
"""What eight people read at once."""


def crowded(port: int, pid: int, requests: int) -> dict[str, str]:
    """The pages of CROWDED, read by eight people: how many a second, and what one costs the processor."""
    found = {}
    for title, reader, path in IN_PROCESS:
        if title in CROWDED:
            paths = islice(cycle(addresses(path, reader)), requests)
            found[f"{title}, eight readers"] = together(port, pid, [partial(_read, path=one) for one in paths], reader)
    return found


def _read(browser: Browser, path: str) -> None:
    browser.timed(path)


def measure(port: int, requests: int) -> dict[str, tuple[float, float]]:
    """Median and 95th percentile of each page."""
    browsers = {name: Browser(port).sign_in(name, PASSWORD) for name in {reader for _title, reader, _path in PAGES}}
    return {title: _spread(browsers[reader], addresses(path, reader), requests) for title, reader, path in PAGES}


def _spread(browser: Browser, addresses: list[str], requests: int) -> tuple[float, float]:
    paths = list(islice(cycle(addresses), WARM_UP + requests))
    for one in paths[:WARM_UP]:
        browser.timed(one)
    times = sorted(browser.timed(one) for one in paths[WARM_UP:])
    cuts = quantiles(times, n=100, method="inclusive")
    return cuts[49], cuts[94]


def addresses(path: str, reader: str) -> list[str]:
    """The addresses that a path of PAGES means to `reader`."""
    if not path.endswith("ticket"):
        return [_ascii(path)]
    return [f"{'/m' if path.startswith('phone') else ''}/t/{number}/" for number in _tickets(reader)]


def _tickets(reader: str) -> list[str]:
    """Tickets all over the history, open and ended, that `reader` may see."""
    seen = Ticket.objects.visible_to(User.objects.get(username=reader)).order_by("id")
    ids = list(seen.values_list("id", flat=True))
    few = ids[:: max(len(ids) // 100, 1)]
    return list(seen.filter(pk__in=few).values_list("number", flat=True))


def _ascii(path: str) -> str:
    from urllib.parse import quote

    return quote(path, safe="/?&=")

"""How long the server takes over the editor of a list of two thousand items: open, filter, open a line, save it.

In this process and through Django's test client, so that only the server's own work counts. The long list goes
through the real approval first and would start in a year; the bench's database is thrown away afterwards.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from statistics import quantiles
from time import perf_counter
from typing import Any

from django.test import Client

from core import clock
from duties.approving import actions
from duties.drafting import editing
from duties.drafting.forms import form_of
from duties.lists.addresses import url_of
from duties.lists.queries import open_version, version_or_404, versions
from duties.models import ListKind, ListVersion
from duties.shapes import shape_of
from duties.shapes.line_diff import Plain
from gateway.demo.setting.lists import ADMIN, SIGNERS
from members.models import User

ITEMS = 2000
WARM_UP = 3
LIKE = "C02"
LIMIT_MS = 150
"""What each of them should stay under."""


def measure(requests: int) -> dict[str, tuple[float, float]]:
    """Median and 95th percentile in milliseconds."""
    admin = User.objects.get(username=ADMIN)
    version = _long_draft(admin)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    edit, line = url_of("edit", version), url_of("edit_item", version, LIKE)
    acts: dict[str, Callable[[int], Any]] = {
        "open": lambda n: client.get(edit),
        "filter": lambda n: client.get(edit, {"q": "座椅", "cat": "C"}),
        "open a line": lambda n: client.get(line),
        "save a line": lambda n: client.post(line, _typed(version, n)),
    }
    return {f"list of {ITEMS:,} items: {name}": _spread(act, requests) for name, act in acts.items()}


def _spread(act: Callable[[int], Any], requests: int) -> tuple[float, float]:
    times = []
    for n in range(WARM_UP + requests):
        began = perf_counter()
        answer = act(n)
        times.append((perf_counter() - began) * 1000)
        if answer.status_code not in (200, 302):
            raise RuntimeError(f"the editor answered {answer.status_code}")
    cuts = quantiles(times[WARM_UP:], n=100, method="inclusive")
    return cuts[49], cuts[94]


def _typed(version: ListVersion, n: int) -> dict[str, Any]:
    """What the side form sends, with a word that differs each time."""
    row = shape_of(version).rows(version).get(code=LIKE)
    shown = form_of(version).initial_of(shape_of(version).plain(row), row.revision)
    sent = {name: "on" if value is True else value for name, value in shown.items() if value is not False}
    return sent | {"closing_standard": f"恢复照明，第 {n} 次"}


# ---- the long list --------------------------------------------------------------------------------------------
def _long_draft(admin: User) -> ListVersion:
    """A draft of a version that has ITEMS items, with a few changes of its own."""
    kind = ListKind.GRID_ITEMS
    if (left := open_version(kind)) is not None:
        editing.discard_draft(version_id=left.pk, revision=left.revision, actor=admin)
    duty_list = versions(kind)[0].duty_list
    grown = editing.open_draft(duty_list=duty_list, actor=admin)
    difference = {code: (None, plain) for code, plain in _more(grown)}
    editing.apply_changes(version_id=grown.pk, difference=difference, actor=admin)
    _publish(version_or_404(grown.number, kind), admin)
    return version_or_404(editing.open_draft(duty_list=duty_list, actor=admin).number, kind)


def _more(version: ListVersion) -> Iterator[tuple[str, Plain]]:
    """New items in the manner of those that are there, until there are ITEMS."""
    plains = list(shape_of(version).plains(version).values())
    for n in range(ITEMS - len(plains)):
        code = f"{'PQRSTUVWXYZ'[n // 900]}{n % 900 + 100}"
        own = {"name": f"座椅事项{n}号", "aliases": [f"叫法{n}号"], "respond": "", "resolve": ""}
        yield code, plains[n % len(plains)] | own | {"is_resident_tile": False}


def _publish(version: ListVersion, admin: User) -> None:
    actions.submit(version_id=version.pk, revision=version.revision, actor=admin)
    for username, code in SIGNERS.items():
        asked = version.approvals.get(department__code=code)
        signer = User.objects.get(username=username)
        actions.agree(version_id=version.pk, round_seen=1, department_id=asked.department_id, actor=signer)
    later = clock.today() + timedelta(days=365)
    actions.publish(version_id=version.pk, round_seen=1, starts_on=later, actor=admin)

"""What tickets say about a limit of the duty list: within which time nine of ten were done lately.

Added to `duties.extensions` in `issues.hooks`; the answer is kept for an hour, because the editor asks at every line.
"""

from datetime import timedelta

from django.core.cache import cache
from django.utils.translation import gettext as _

from core import clock
from duties.extensions import ObservedTimes
from issues.models import Ticket

DAYS, SHARE = 90, 0.9
FEWEST = 5
"""Fewer tickets say nothing."""
MOST = 1000
"""The newest ones are enough."""
KEPT_SECONDS = 3600
DAY = 24 * 60


def of_item(code: str) -> ObservedTimes | None:
    """From claiming to the report that it is done, over the newest tickets that ended in the last 90 days."""
    key = f"observed_times:{code}:{clock.today()}"
    found = cache.get(key)
    if found is None:
        found = _spans(code)
        cache.set(key, found, KEPT_SECONDS)
    if len(found) < FEWEST:
        return None
    minutes = found[int((len(found) - 1) * SHARE)]
    words = {"days": DAYS, "count": len(found), "span": _span(minutes)}
    text = _("近 %(days)d 天办结 %(count)d 件，九成在 %(span)s内办结") % words
    return ObservedTimes(days=DAYS, share=SHARE, minutes=minutes, count=len(found), text=text)


def _spans(code: str) -> list[int]:
    since = clock.now() - timedelta(days=DAYS)
    rows = Ticket.objects.filter(
        item_code=code, closed_at__gte=since, claimed_at__isnull=False, reported_at__isnull=False
    )
    moments = rows.order_by("-closed_at").values_list("claimed_at", "reported_at")[:MOST]
    spans = (done - taken for taken, done in moments if taken is not None and done is not None)
    return sorted(int(span.total_seconds() // 60) for span in spans)


def _span(minutes: int) -> str:
    if minutes < DAY:
        return _("%(n).1f 小时") % {"n": minutes / 60}
    return _("%(n).1f 天") % {"n": minutes / DAY}

"""What past tickets teach about list items: how often a pair of characters stood in tickets of an item. The writer.

Learnt anew every night from the newest closed tickets, in one transaction, so that it needs no watermark, follows
corrected items, and is never half done. Sensitive tickets teach nothing. Digits are left out, and so is what only one
ticket of an item says: names and numbers of people do not get in.
"""

from collections import Counter
from collections.abc import Iterable

from django.db import transaction

from core import locks
from core.rows.bigrams import pairs_of
from issues.models import LearntPair, Ticket
from issues.workflow import State

MOST_TICKETS = 5_000
"""The newest closed tickets that are learnt from."""
MOST_ROWS = 20_000
"""Pairs with their items that are kept, the most frequent ones."""
LEAST = 2
WHOLE = ""
"""Under this pair stands how many tickets of an item were read."""

Told = tuple[str, str]
"""The code of an item and the words of a ticket that ended as one."""


def counted(told: Iterable[Told]) -> Counter[tuple[str, str]]:
    """In how many tickets of an item (code) each pair stood, and under `WHOLE` how many tickets there were."""
    found: Counter[tuple[str, str]] = Counter()
    for code, text in told:
        found[WHOLE, code] += 1
        found.update((pair, code) for pair in pairs_of(text))
    return found


def past(most: int = MOST_TICKETS) -> list[Told]:
    """Item and words of the newest closed tickets that are not sensitive. One query."""
    rows = Ticket.objects.filter(state=State.CLOSED, is_sensitive=False).exclude(item_code="")
    columns = rows.order_by("-id").values_list("item_code", "title", "description")[:most]
    return [(code, f"{title} {description}") for code, title, description in columns]


def learn() -> int:
    """Learn anew; returns how many rows are kept."""
    kept = [
        LearntPair(pair=pair, item_code=code, tickets=n)
        for (pair, code), n in sorted(counted(past()).items(), key=lambda row: (row[0][0] != WHOLE, -row[1], row[0]))
        if n >= LEAST or pair == WHOLE
    ]
    with transaction.atomic():
        locks.hold("issues.learn")
        LearntPair.objects.all().delete()
        LearntPair.objects.bulk_create(kept[:MOST_ROWS], batch_size=1000)
    return min(len(kept), MOST_ROWS)

"""Which households a search finds: by address and labels, code, telephone, or the whole name of the head. Reads only.

Names and numbers are found by their blind indexes, whole or not at all; whose households one may find is for the caller
to say.
"""

import re

from django.db.models import Q

from core.rows.bigrams import phrases_of
from core.text import is_clean
from grids.households import name_key, phone_key
from grids.sql import holding

DIGITS = re.compile(r"\d+\Z", re.ASCII)
MOST = 60
NOTHING = Q(pk__in=())


def found_q(sought: str) -> Q:
    """Households that the search `sought` finds, wherever they lie."""
    words = sought.strip()[:MOST]
    phrases = phrases_of(words) if is_clean(words) else []
    if not phrases:
        return NOTHING
    found = Q(holding(phrases))
    bare = re.sub(r"[\s-]", "", words)
    if DIGITS.match(bare):
        if len(bare) >= 6:
            found |= Q(code__startswith=bare[:19])
        if len(bare) >= 5:
            found |= Q(phone_index=phone_key(bare))
    else:
        found |= Q(head_index=name_key(words))
    return found

"""What tickets contribute to lower floors: kinds of notices, what past ones teach the lists, that open ones go along
when grids are reshaped and keep an area in use, that their limits follow the calendar; and to their own writer, what a
step brings about elsewhere.
"""

from core.days import workdays
from core.templatetags.ui import STAGES, Stage
from core.trust import veiling
from core.trust.keys import name_key, phone_key
from core.trust.rekeying import INDEXES, BlindIndex
from duties.extensions import OBSERVED_TIMES, PAST
from grids.extensions import RETIRE_GUARDS
from issues import acts as acts  # adds itself
from issues import kinds
from issues.engine import follow, words
from issues.engine.actions import FOLLOWS
from issues.extensions import KEPT_PAGES
from issues.field.queries import kept_pages
from issues.learning import observed_times, past
from issues.models import Reporter
from issues.tending import reckoning, relocating, succession
from issues.workflow import STATES
from members.extensions import HOLDINGS
from notices.extensions import KINDS
from places.extensions import FOLLOWERS

INDEXES.add(BlindIndex(Reporter, "name", "name_index", name_key))
INDEXES.add(BlindIndex(Reporter, "phone", "phone_index", phone_key))
veiling.FOLLOWERS.add(words.rewrite_veiled)
FOLLOWS.extend((follow.join_first, follow.absorb, follow.spawn, follow.tell_parent, follow.keep_rule))
STAGES.extend(Stage(state.value, info.ring, info.label) for state, info in STATES.items())
KINDS.extend(kinds.all_kinds())
PAST.add(past.alike)
OBSERVED_TIMES.add(observed_times.of_item)
FOLLOWERS.add(relocating.TICKETS)
RETIRE_GUARDS.add(relocating.open_at)
workdays.FOLLOWERS.add(reckoning.follow_calendar)
HOLDINGS.add(succession.TICKETS)
KEPT_PAGES.add(kept_pages)

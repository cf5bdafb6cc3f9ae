"""Which tests run on SQLite too: `make test` runs the whole suite on PostgreSQL, and on SQLite what can differ there.

A module that speaks to the engine itself names the tests that try it (`TRIED`); `tests/house/test_engines.py` finds one
that is not listed. Beside them stand the writer of SQLite, one pass over every page and form, and the verbs that every
day is made of. On PostgreSQL nothing is left out.
"""

import re
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SPEAKS = re.compile(
    r"\.vendor\b|\bcursor\(\)|connection\.ops\b|RawSQL|RunSQL|\.raw\(|\.extra\(|def as_(sqlite|postgresql)\b"
    r"|(ignore|update)_conflicts=|\.distinct\(\"|__i?regex"
    r"|^from core\.rows\.(prepared|composed|wordindex|jsonlists) import|^from [\w.]+ import .*\b(sql|wordindex)\b"
    r"|^from [\w.]+\.sql import",
    re.MULTILINE,
)
"""How a module speaks past the ORM, or by that part of it which differs between engines."""
MIGRATED = "tests/core/test_sqlite.py"
"""Migrations run on SQLite before any test of that part does."""
TRIED: dict[str, tuple[str, ...]] = {
    "core/jobs/heartbeat.py": ("tests/core/web/test_skin.py",),
    "core/jobs/outbox.py": ("tests/core/jobs/test_outbox.py",),
    "core/locks.py": (MIGRATED,),
    "core/migrations/0001_squashed_0006_official_years.py": (
        "tests/core/trust/test_audit.py",
        "tests/core/trust/test_chain.py",
    ),
    "core/migrations/0002_append_only_audit.py": ("tests/core/trust/test_audit.py",),
    "core/migrations/0005_trail_chain.py": ("tests/core/trust/test_chain.py",),
    "core/races/idempotency.py": ("tests/core/races/test_idempotency.py",),
    "core/races/series.py": ("tests/core/races/test_throttle.py",),
    "core/races/throttle.py": ("tests/core/races/test_throttle.py",),
    "core/rows/composed.py": ("tests/core/rows/test_composed.py",),
    "core/rows/jsonlists.py": ("tests/households/test_search.py",),
    "core/rows/prepared.py": ("tests/core/rows/test_prepared.py",),
    "core/rows/wordindex.py": ("tests/issues/finding/test_search.py", "tests/households/test_search.py"),
    "core/sql.py": ("tests/core/jobs/test_outbox.py", "tests/core/races/test_throttle.py"),
    "core/trust/rekeying.py": ("tests/core/trust/test_privacy.py",),
    "duties/lists/queries.py": ("tests/duties/test_pages.py",),
    "duties/migrations/0001_squashed_0007_freeze.py": ("tests/duties/test_immutable.py",),
    "duties/migrations/0002_immutable_versions.py": ("tests/duties/test_immutable.py",),
    "duties/migrations/0006_three_lists.py": ("tests/duties/test_immutable.py",),
    "duties/migrations/0007_freeze.py": ("tests/duties/test_immutable.py",),
    "duties/routing/routing_context.py": ("tests/duties/routing/test_resolving.py",),
    "duties/routing/deciding.py": ("tests/duties/routing/test_deciding.py",),
    "gateway/management/commands/demo.py": ("tests/gateway/test_demo.py",),
    "governance/running/preparing.py": ("tests/running/test_prepare.py",),
    "grids/finding.py": ("tests/households/test_search.py",),
    "grids/households.py": ("tests/grids/test_households.py",),
    "grids/migrations/0001_squashed_0006_one_key.py": ("tests/households/test_search.py",),
    "grids/migrations/0004_household_words.py": ("tests/households/test_search.py",),
    "grids/migrations/0005_household_door.py": ("tests/households/test_search.py",),
    "grids/scope.py": ("tests/grids/test_tree.py",),
    "grids/sql.py": ("tests/households/test_search.py",),
    "households/contact/queries.py": ("tests/households/test_visits.py",),
    "households/registers/search.py": ("tests/households/test_search.py",),
    "insights/board/assembling.py": ("tests/insights/test_board.py",),
    "insights/board/places.py": ("tests/insights/test_board.py",),
    "insights/counting/live.py": ("tests/insights/test_board.py",),
    "insights/counting/queries.py": ("tests/insights/test_steps.py",),
    "insights/counting/sql.py": ("tests/insights/test_tally.py",),
    "insights/counting/tally.py": ("tests/insights/test_tally.py",),
    "issues/engine/lateness.py": ("tests/issues/engine/test_lamps.py",),
    "issues/dossier/reading.py": ("tests/issues/ticket/test_reading.py",),
    "issues/engine/actions.py": ("tests/issues/engine/test_actions.py",),
    "issues/engine/clocks.py": ("tests/issues/engine/test_actions.py",),
    "issues/engine/effects/calling.py": ("tests/issues/engine/test_actions.py",),
    "issues/engine/guard_context.py": ("tests/issues/queue/test_tabs.py",),
    "issues/engine/numbering.py": ("tests/issues/engine/test_actions.py",),
    "issues/engine/words.py": ("tests/issues/finding/test_search.py",),
    "issues/field/queries.py": ("tests/issues/field/test_pages.py",),
    "issues/finding/conditions.py": ("tests/issues/finding/test_filters.py",),
    "issues/finding/filters.py": ("tests/issues/finding/test_filters.py",),
    "issues/finding/lists.py": ("tests/issues/finding/test_lists.py",),
    "issues/finding/queries.py": ("tests/issues/finding/test_counts.py", "tests/issues/finding/test_plans.py"),
    "issues/finding/search.py": ("tests/issues/finding/test_search.py",),
    "issues/finding/sql.py": ("tests/issues/finding/test_plans.py",),
    "issues/migrations/0001_squashed_0024_one_sheet.py": ("tests/issues/finding/test_search.py",),
    "issues/migrations/0006_search.py": ("tests/issues/finding/test_search.py",),
    "issues/migrations/0013_days_of_words.py": ("tests/issues/finding/test_search.py",),
    "issues/queue/saved.py": ("tests/issues/queue/test_saved_views.py",),
    "issues/tending/automatic.py": ("tests/issues/tending/test_automatic.py",),
    "ledgers/campaigns/sql.py": ("tests/ledgers/test_campaigns.py",),
    "ledgers/campaigns/targets.py": ("tests/ledgers/test_campaigns.py",),
    "ledgers/hooks.py": ("tests/ledgers/test_links.py",),
    "mediation/hooks.py": ("tests/mediation/test_links.py",),
    "members/access.py": ("tests/members/test_chiefs.py", "tests/issues/tending/test_covering.py"),
    "members/signing_in/sessions.py": ("tests/members/test_session.py",),
    "notices/inbox.py": ("tests/notices/test_inbox.py",),
    "notices/outgoing/planning.py": ("tests/notices/test_mail.py",),
    "places/maps/boundaries.py": ("tests/places/test_geometry.py",),
    "places/plans/carrying.py": ("tests/places/test_plans.py",),
}
"""Module -> the tests that try on SQLite what it says."""
EVERYWHERE = (
    "tests/access/test_matrix.py::test_every_page_and_form_is_served_to_somebody",
    "tests/core/rows",
    "tests/house/test_settings.py",
    "tests/running/test_serve.py",
)
"""The pages, the shared ways to rows, and a whole installation that starts."""


def speaking(root: Path, packages: list[str]) -> set[str]:
    """Modules that speak to the engine themselves."""
    found = chain.from_iterable((root / package).rglob("*.py") for package in packages)
    return {str(path.relative_to(root)) for path in found if SPEAKS.search(path.read_text())}


def on_sqlite() -> list[str]:
    """What pytest is given for the part on SQLite."""
    return sorted({*EVERYWHERE, *chain.from_iterable(TRIED.values())})

"""Is the process up, and is the installation ready to work: numbers only, no personal data."""

from functools import lru_cache

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import clock
from core.days import workdays
from core.jobs import heartbeat, outbox

MAX_TICK_AGE_SECONDS = 60.0
MAX_LAG_SECONDS = 300.0


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database, its migrations and the engine are in order, else 503 with what is not."""
    state = readiness()
    return JsonResponse(state, status=200 if state["ready"] else 503)


def readiness() -> dict[str, object]:
    """Measure readiness; never raises, whatever the database does."""
    try:
        migrated = _migrated()
        tick, lag = heartbeat.age("drain"), outbox.lag()
        parked = outbox.parked()
        missing = workdays.missing_year(clock.today())
    except DatabaseError:
        return {"ready": False, "database": False}
    engine_ok = tick is not None and tick <= MAX_TICK_AGE_SECONDS
    return {
        "ready": migrated and engine_ok and lag <= MAX_LAG_SECONDS,
        "database": True,
        "migrations": migrated,
        "engine": engine_ok,
        "engine_tick_age_seconds": None if tick is None else round(tick, 1),
        "outbox_lag_seconds": round(lag, 1),
        "outbox_parked": parked,
        "calendar_missing_year": missing,
    }


@lru_cache(maxsize=1)
def _all_applied_once() -> bool:
    """Remembered only while true: see `_migrated`."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _migrated() -> bool:
    """Whether every migration is applied; a process that saw it so once does not look again."""
    if not _all_applied_once():
        _all_applied_once.cache_clear()
        return False
    return True

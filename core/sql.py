"""SQL that differs between SQLite and PostgreSQL, both variants side by side.

Owns every engine-specific statement of core; `tests/core/test_sql.py` is the contract both fulfil.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import connection

_DUE: Final = """
    SELECT id FROM core_outboxrow
     WHERE queue = %s AND next_at <= %s AND done_at IS NULL AND parked_at IS NULL AND {tried}
       AND (leased_until IS NULL OR leased_until <= %s)
     ORDER BY next_at, id LIMIT %s
"""
_CLAIM: Final = """
    UPDATE core_outboxrow SET token = %s, leased_until = %s, attempts = attempts + 1
     WHERE id IN (
        SELECT id FROM core_outboxrow
         WHERE queue = %s AND next_at <= %s AND done_at IS NULL AND parked_at IS NULL AND {tried}
           AND (leased_until IS NULL OR leased_until <= %s)
         ORDER BY next_at, id LIMIT %s {lock})
    RETURNING id
"""
# PostgreSQL: rows another worker is claiming or running are skipped, not waited for.
# SQLite knows no row locks: the single UPDATE holds the write lock from its first step.
LOCK: Final = {"postgresql": "FOR UPDATE SKIP LOCKED", "sqlite": ""}
TRIED: Final = {False: "attempts = 0", True: "attempts > 0"}


def due_ids(queue: str, moment: datetime, limit: int, *, retries: bool) -> list[int]:
    """Return ids of rows that may be claimed at `moment`, taking no lock."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE.format(tried=TRIED[retries]), [queue, moment, moment, limit])
        return [row[0] for row in cursor.fetchall()]


def claim(queue: str, moment: datetime, limit: int, *, retries: bool, token: str, leased_until: datetime) -> list[int]:
    """Put `token` on up to `limit` due rows in one statement; returns the ids that are now ours."""
    if connection.vendor == "sqlite" and not due_ids(queue, moment, 1, retries=retries):
        return []  # an idle tick must not take the only write lock
    statement = _CLAIM.format(tried=TRIED[retries], lock=LOCK[connection.vendor])
    with connection.cursor() as cursor:
        cursor.execute(statement, [token, leased_until, queue, moment, moment, limit])
        return [row[0] for row in cursor.fetchall()]


# ---- tries are counted where they are limited ---------------------------------------------------------------
_TRIES: Final = """
    INSERT INTO core_allowance (name, ends_at, used) VALUES {rows}
        ON CONFLICT (name, ends_at) DO UPDATE SET used = core_allowance.used + 1
     WHERE core_allowance.used < CASE core_allowance.name {limits} END
    RETURNING name, used
"""


def count_tries(limits: Mapping[str, int], ends_at: datetime) -> dict[str, int]:
    """Count one more try of each name unless its limit is reached; returns the count of those with room.

    One statement for both engines, committed by itself: nobody waits for longer than that, and as all take their rows
    in one order, nobody for each other.
    """
    names = sorted(limits)
    moment = connection.ops.adapt_datetimefield_value(ends_at)
    rows, cases = ["(%s, %s, 1)"] * len(names), ["WHEN %s THEN %s"] * len(names)
    params: list[str | int | datetime | None] = [part for name in names for part in (name, moment)]
    params += [part for name in names for part in (name, limits[name])]
    with connection.cursor() as cursor:
        cursor.execute(_TRIES.format(rows=", ".join(rows), limits=" ".join(cases)), params)
        return dict(cursor.fetchall())


# ---- the audit trail is append-only ------------------------------------------------------------------------
AUDIT_GUARD: Final = {
    "sqlite": [
        f"CREATE TRIGGER core_audit_no_{verb} BEFORE {verb.upper()} ON core_auditentry"
        " BEGIN SELECT RAISE(ABORT, 'core_auditentry is append-only'); END"
        for verb in ("update", "delete")
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION core_audit_guard() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'core_auditentry is append-only' USING ERRCODE = 'integrity_constraint_violation';"
        " END $$",
        "CREATE TRIGGER core_audit_no_change BEFORE UPDATE OR DELETE ON core_auditentry"
        " FOR EACH ROW EXECUTE FUNCTION core_audit_guard()",
        "CREATE TRIGGER core_audit_no_truncate BEFORE TRUNCATE ON core_auditentry"
        " FOR EACH STATEMENT EXECUTE FUNCTION core_audit_guard()",
    ],
}
AUDIT_UNGUARD: Final = {
    "sqlite": [f"DROP TRIGGER IF EXISTS core_audit_no_{verb}" for verb in ("update", "delete")],
    "postgresql": [
        "DROP TRIGGER IF EXISTS core_audit_no_change ON core_auditentry",
        "DROP TRIGGER IF EXISTS core_audit_no_truncate ON core_auditentry",
        "DROP FUNCTION IF EXISTS core_audit_guard()",
    ],
}


# ---- so is the chain over it -------------------------------------------------------------------------------
CHAIN_GUARD: Final = {
    "sqlite": [
        f"CREATE TRIGGER core_chain_no_{verb} BEFORE {verb.upper()} ON core_traillink"
        " BEGIN SELECT RAISE(ABORT, 'core_traillink is append-only'); END"
        for verb in ("update", "delete")
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION core_chain_guard() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'core_traillink is append-only' USING ERRCODE = 'integrity_constraint_violation';"
        " END $$",
        "CREATE TRIGGER core_chain_no_change BEFORE UPDATE OR DELETE ON core_traillink"
        " FOR EACH ROW EXECUTE FUNCTION core_chain_guard()",
        "CREATE TRIGGER core_chain_no_truncate BEFORE TRUNCATE ON core_traillink"
        " FOR EACH STATEMENT EXECUTE FUNCTION core_chain_guard()",
    ],
}
CHAIN_UNGUARD: Final = {
    "sqlite": [f"DROP TRIGGER IF EXISTS core_chain_no_{verb}" for verb in ("update", "delete")],
    "postgresql": [
        "DROP TRIGGER IF EXISTS core_chain_no_change ON core_traillink",
        "DROP TRIGGER IF EXISTS core_chain_no_truncate ON core_traillink",
        "DROP FUNCTION IF EXISTS core_chain_guard()",
    ],
}

"""Locks for things that have no row of their own: a tree, a number series, a ledger.

`hold` serialises writers until the transaction ends. On PostgreSQL it locks a sentinel row; on
SQLite `atomic()` is IMMEDIATE and has already made this connection the only writer.
"""

from django.db import connection
from django.db.transaction import TransactionManagementError

from core.models import Sentinel


def require_atomic(what: str) -> None:
    """Raise TransactionManagementError unless a transaction is open."""
    if not connection.in_atomic_block:
        raise TransactionManagementError(f"{what} belongs inside transaction.atomic()")


def hold(name: str) -> None:
    """Hold the lock `name` until the surrounding transaction ends; waits for another holder."""
    require_atomic("locks.hold")
    if connection.vendor == "sqlite":
        return
    wanted = Sentinel.objects.select_for_update().filter(name=name)
    if wanted.first() is None:
        Sentinel.objects.bulk_create([Sentinel(name=name)], ignore_conflicts=True)
        wanted.get()

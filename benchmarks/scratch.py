"""A database, a broker and a folder of the bench's own on each engine, gone afterwards."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

POSTGRES_URL = "postgres://postgres@127.0.0.1:5432/postgres"
REDIS_URL = "redis://127.0.0.1:6379"
SETTINGS = "governance.settings"
IGNORED = {"DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "PRODUCTION", "DEBUG", "DEMO", "HOST", "PORT"}


class Missing(Exception):
    """The engine does not answer here; the message says why."""


@contextmanager
def environment(engine: str, folder: Path) -> Iterator[dict[str, str]]:
    """The environment of an installation that keeps nothing; raises Missing."""
    folder.mkdir(parents=True)
    # Orders are limited by address; behind a proxy the clients may name one each, as residents have.
    base = {"DATA_DIR": str(folder), "LOG_LEVEL": "WARNING", "BEHIND_PROXY": "1", "DJANGO_SETTINGS_MODULE": SETTINGS}
    base |= dict.fromkeys(IGNORED & os.environ.keys(), "")
    if engine == "sqlite":
        yield base
        return
    with _postgres() as database, _redis() as broker:
        yield base | {"DATABASE_URL": database, "REDIS_URL": broker}


@contextmanager
def _postgres() -> Iterator[str]:
    import psycopg
    from psycopg import sql

    server = os.environ.get("TEST_DATABASE_URL") or POSTGRES_URL
    try:
        admin = psycopg.connect(server, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        raise Missing(f"PostgreSQL does not answer ({_first_line(error)})") from None
    name = f"shanzhi_bench_{os.getpid()}"
    with admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield f"{server.partition('?')[0].rpartition('/')[0]}/{name}"
        finally:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def _redis() -> Iterator[str]:
    """TEST_REDIS_URL, else the highest database number that is empty; emptied afterwards."""
    import redis

    given = os.environ.get("TEST_REDIS_URL")
    try:
        urls = [given] if given else [f"{REDIS_URL}/{number}" for number in range(15, 0, -1)]
        free = next((url for url in urls if given or redis.Redis.from_url(url).dbsize() == 0), None)
    except redis.RedisError as error:
        raise Missing(f"Redis does not answer ({_first_line(error)})") from None
    if free is None:
        raise Missing("Redis has no empty database; name one with TEST_REDIS_URL")
    try:
        yield free
    finally:
        redis.Redis.from_url(free).flushdb()


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]

"""What the parts of the verdict need beside Python: a database and a Redis of their own, a browser."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

POSTGRES_URL = "postgres://postgres@127.0.0.1:5432/postgres"
REDIS_URL = "redis://127.0.0.1:6379"
TAKEN: set[str] = set()
"""Redis databases that a part of this run works on."""
ALONE = threading.Lock()


class LeftOut(Exception):
    """The part cannot run here; the message says why."""


@contextmanager
def services(part: str = "") -> Iterator[Mapping[str, str]]:
    """A database name and a Redis number of our own on the servers that answer; both emptied afterwards."""
    import psycopg
    import redis

    server = os.environ.get("TEST_DATABASE_URL") or POSTGRES_URL
    try:
        admin = psycopg.connect(server, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        raise LeftOut(f"PostgreSQL does not answer ({_first_line(error)})") from None
    with admin:
        try:
            store = _free_redis()
        except redis.RedisError as error:
            raise LeftOut(f"Redis does not answer ({_first_line(error)})") from None
        name = f"shanzhi_{os.getpid()}{part}"
        try:
            yield {"DATABASE_URL": f"{server.partition('?')[0].rpartition('/')[0]}/{name}", "REDIS_URL": store}
        finally:
            redis.Redis.from_url(store).flushdb()
            TAKEN.discard(store)
            _drop_databases(admin, name)


def _free_redis() -> str:
    """The given TEST_REDIS_URL, else the highest database number that is empty and not ours already."""
    import redis

    given = os.environ.get("TEST_REDIS_URL")
    if given:
        redis.Redis.from_url(given, socket_connect_timeout=3).ping()
        return given
    with ALONE:
        for number in range(15, -1, -1):
            url = f"{REDIS_URL}/{number}"
            if url not in TAKEN and redis.Redis.from_url(url, socket_connect_timeout=3).dbsize() == 0:
                TAKEN.add(url)
                return url
    raise LeftOut("Redis has no empty database; name one with TEST_REDIS_URL")


def _drop_databases(admin: "object", name: str) -> None:
    import psycopg
    from psycopg import sql

    assert isinstance(admin, psycopg.Connection)
    pattern = f"%{name}%".replace("_", r"\_")
    for (found,) in admin.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [pattern]).fetchall():
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(found)))


def sweep() -> None:
    """Drop what the parts of this run have shared on the server: the migrated template."""
    import psycopg

    server = os.environ.get("TEST_DATABASE_URL") or POSTGRES_URL
    with suppress(psycopg.OperationalError), psycopg.connect(server, autocommit=True, connect_timeout=3) as admin:
        _drop_databases(admin, f"shanzhi_{os.getpid()}_template")  # where nobody answers nothing was left


def chromium(fetch: Callable[[], str | None]) -> str:
    """Path of an installed Chromium, else what `fetch` brings."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        found = shutil.which(name)
        if found:
            return found
    fetched = fetch()
    if fetched is None:
        raise LeftOut("no Chromium installed, and Playwright could not fetch one")
    return fetched


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]

"""The database of a test process: a copy of one that was migrated once for the whole run.

Owns where the migrated template lies and how it is copied. `tests/run.py` names a folder of the run in
TEST_TEMPLATES, so that a verdict always migrates anew; without it SQLite keeps the template beside the tool
caches under a digest of everything that migrations read, and PostgreSQL is migrated in each process.
"""

import fcntl
import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
GIVEN = os.environ.get("TEST_TEMPLATES", "")
READ = ("*/migrations/*.py", "*/sql.py", "*/*/sql.py", "core/rows/wordindex.py", "requirements.txt")
TAILS = ("", "-wal", "-shm", "-journal")


def make() -> str:
    """Make the database of this process and let the settings name it; returns its name."""
    with _patiently():
        return _made()


def _made() -> str:
    plain = str(connection.settings_dict["NAME"])
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["TEST"]["NAME"])
    else:
        name = f"test_{plain}_{worker}".rstrip("_")
    if connection.vendor == "postgresql" and not GIVEN:
        _migrate(name)
        return name
    folder = Path(GIVEN) if GIVEN else Path(sys.prefix) / "cache" / "databases"
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder / f"{connection.vendor}.lock"):
        template = _template(folder, plain)
        drop(name)
        if connection.vendor == "sqlite":
            shutil.copyfile(template, name)
        else:
            with connection.creation._nodb_cursor() as cursor:
                cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    _use(name)
    return name


def drop(name: str) -> None:
    """Remove the database of this process."""
    connection.close()
    if connection.vendor == "sqlite":
        for tail in TAILS:
            Path(name + tail).unlink(missing_ok=True)
        return
    with _patiently(), connection.creation._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def _patiently() -> Iterator[None]:
    """Whole databases are copied and dropped as long as it takes on a busy machine; tests have the limits of a site."""
    options = connection.settings_dict.get("OPTIONS", {})
    given = options.get("options")
    if given:
        options["options"] = f"{given} -c statement_timeout=0 -c idle_in_transaction_session_timeout=0"
    try:
        yield
    finally:
        if given:
            options["options"] = given


def _template(folder: Path, plain: str) -> str:
    """The migrated database, made unless another process has made it: a file, or a name on the server."""
    done = folder / f"{connection.vendor}-{_digest()}"
    if connection.vendor == "postgresql":
        name = template_name(plain)
        if not (done.exists() and _is_there(name)):
            _migrate(name)
            done.touch()
        return name
    if not done.exists():
        for old in folder.glob("sqlite-*"):
            old.unlink()
        part = f"{done}.part"
        _migrate(part)
        Path(part).rename(done)
    return str(done)


def template_name(plain: str) -> str:
    """On the server; parts of a run share it, whose databases differ by what follows two underscores."""
    return f"test_{plain.partition('__')[0]}_template"


def _is_there(name: str) -> bool:
    with connection.creation._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None


def _digest() -> str:
    """Of the migrations and what they import."""
    found = hashlib.sha256()
    for path in sorted({path for pattern in READ for path in ROOT.glob(pattern)}):
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


def _migrate(name: str) -> None:
    connection.settings_dict["TEST"]["NAME"] = name
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()


def _use(name: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield

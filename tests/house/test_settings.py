"""The environment alone decides which database, broker and mode an installation has."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

SHOW = """
import json, sys
from django.conf import settings
names = ["DATABASES", "CACHES", "CELERY_BROKER_URL", "DEMO", "PRODUCTION", "SESSION_COOKIE_SECURE", "ALLOWED_HOSTS",
         "SECURE_SSL_REDIRECT", "SECRET_KEY", "SECRET_KEY_IS_GENERATED", "DEBUG", "MEDIA_ROOT", "STATIC_ROOT"]
json.dump({name: getattr(settings, name) for name in names}, sys.stdout, default=str)
"""


def settings_with(root: Path, data_dir: Path, **env: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", SHOW],
        cwd=root,
        env={
            "PATH": os.environ["PATH"],
            "DATA_DIR": str(data_dir),
            "DJANGO_SETTINGS_MODULE": "governance.settings",
            **env,
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(done.stdout))


def test_without_anything_it_is_sqlite_in_the_data_folder(project_root: Path, tmp_path: Path) -> None:
    found = settings_with(project_root, tmp_path / "my data#1?")
    database = found["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.sqlite3"
    assert database["NAME"] == str(tmp_path / "my data#1?" / "shanzhi.sqlite3")
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert found["CELERY_BROKER_URL"] == "filesystem://"
    assert found["DEMO"] is True
    assert found["DEBUG"] is False
    assert found["SECRET_KEY_IS_GENERATED"] is True
    assert found["MEDIA_ROOT"].startswith(str(tmp_path))


def test_two_variables_switch_to_postgresql_and_redis(project_root: Path, tmp_path: Path) -> None:
    url = "postgres://someone:s%40cret@db.example:5433/county?sslmode=require"
    found = settings_with(project_root, tmp_path, DATABASE_URL=url, REDIS_URL="redis://cache.example:6379/3")
    database = found["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.example", 5433, "county")
    assert database["PASSWORD"] == "s@cret"
    assert database["OPTIONS"]["sslmode"] == "require"
    assert "statement_timeout=15s" in database["OPTIONS"]["options"]
    assert "idle_in_transaction_session_timeout=30s" in database["OPTIONS"]["options"]
    assert database["CONN_MAX_AGE"] == 600
    assert found["CELERY_BROKER_URL"] == found["CACHES"]["default"]["LOCATION"] == "redis://cache.example:6379/3"


def test_a_sqlite_url_gets_the_same_care(project_root: Path, tmp_path: Path) -> None:
    found = settings_with(project_root, tmp_path, DATABASE_URL=f"sqlite:///{tmp_path}/other.db")
    database = found["DATABASES"]["default"]
    assert database["NAME"] == f"{tmp_path}/other.db"
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_production_turns_on_transport_security_and_off_the_demo(project_root: Path, tmp_path: Path) -> None:
    found = settings_with(project_root, tmp_path, PRODUCTION="1")
    assert found["DEMO"] is False
    assert found["ALLOWED_HOSTS"] == []
    assert found["SESSION_COOKIE_SECURE"] is True
    assert found["SECURE_SSL_REDIRECT"] is True


def test_the_embedded_brokers_note_is_read(project_root: Path, tmp_path: Path) -> None:
    (tmp_path / "broker-url").write_text("redis+socket:///x/valkey.sock\n")
    assert settings_with(project_root, tmp_path)["CELERY_BROKER_URL"] == "redis+socket:///x/valkey.sock"


@pytest.mark.django_db
def test_the_limits_reach_the_database() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone() == ("15s",)
            cursor.execute("SHOW idle_in_transaction_session_timeout")
            assert cursor.fetchone() == ("30s",)
        else:
            cursor.execute("PRAGMA journal_mode")
            assert cursor.fetchone() == ("wal",)

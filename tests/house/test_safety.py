"""What a production installation must not be, each with a message that says what to do."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured

from core.clock import now
from governance import safety
from tests.run import PRODUCTION


@pytest.fixture
def production(settings: Any) -> Any:
    settings.PRODUCTION, settings.DEMO, settings.DEBUG = True, False, False
    settings.SECRET_KEY, settings.SECRET_KEY_IS_GENERATED = PRODUCTION["SECRET_KEY"], False
    settings.FIELD_KEYS, settings.ALLOWED_HOSTS = [PRODUCTION["FIELD_KEYS"]], ["wg.example.gov.cn"]
    return settings


def codes() -> set[str]:
    return {problem.code for problem in safety.settings_problems()}


def test_a_proper_production_has_no_problem(production: Any) -> None:
    assert codes() == set()


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("DEBUG", True, "debug"),
        ("SECRET_KEY_IS_GENERATED", True, "secret_missing"),
        ("SECRET_KEY", "short", "secret_weak"),
        ("SECRET_KEY", "a" * 80, "secret_weak"),
        ("SECRET_KEY", "change-me-" + "k3Z9check7hQvT2mXw8LrB5nYc1JdF6sPaG4uEoKi0RtNVyWz", "secret_weak"),
        ("SECRET_KEY", "django-insecure-" + "k3Z9check7hQvT2mXw8LrB5nYc1JdF6sPaG4uEoKi0", "secret_weak"),
        ("ALLOWED_HOSTS", [], "allowed_hosts"),
        ("ALLOWED_HOSTS", ["*"], "allowed_hosts"),
        ("FIELD_KEYS", [], "field_keys"),
        ("FIELD_KEYS", [" "], "field_keys"),
        ("DEMO", True, "demo_mode"),
    ],
)
def test_each_unsafe_setting_is_named(production: Any, name: str, value: object, code: str) -> None:
    setattr(production, name, value)
    assert codes() == {code}


@pytest.mark.django_db
def test_demo_accounts_stop_a_production_start(production: Any) -> None:
    safety.refuse_unsafe_start()
    get_user_model()._default_manager.create(username="demo-person", is_demo=True, created_at=now())
    with pytest.raises(ImproperlyConfigured, match="1 个演示账号"):
        safety.refuse_unsafe_start()
    production.PRODUCTION = False
    safety.refuse_unsafe_start()


def run_check(project_root: Path, data_dir: Path, *flags: str, **env: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPYCACHEPREFIX") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", "check", *flags],
        cwd=project_root,
        env={**kept, "DATA_DIR": str(data_dir), **env},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_production_like_environment_passes_the_deployment_check(project_root: Path, tmp_path: Path) -> None:
    done = run_check(project_root, tmp_path, "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert done.returncode == 0, done.stderr


def test_an_unsafe_production_fails_every_command(project_root: Path, tmp_path: Path) -> None:
    done = run_check(project_root, tmp_path, PRODUCTION="1", DEBUG="1")
    assert done.returncode == 1
    for code in ("debug", "secret_missing", "allowed_hosts", "field_keys"):
        assert f"safety.{code}" in done.stderr


def test_the_web_process_itself_refuses(project_root: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import governance.wsgi"],
        cwd=project_root,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), **PRODUCTION, "SECRET_KEY": "short"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "SECRET_KEY 太短" in done.stderr

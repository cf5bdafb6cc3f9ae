"""The Makefile and the runner, as far as they can be tried without running everything."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import run as runner


def make(root: Path, *argv: str, **env: str) -> str:
    done = subprocess.run(
        ["make", "--no-print-directory", *argv],
        cwd=root,
        env={**os.environ, "MAKEFLAGS": "", "LC_ALL": "C.UTF-8", **env},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_help_names_every_target(project_root: Path) -> None:
    text = make(project_root, "help")
    for target in ("run", "reset", "test", "mutants", "bench", "scale", "bench-scale", "lint", "fmt", "lock", "help"):
        assert f"make {target} " in text


def test_a_clean_checkout_would_install_with_hashes_and_then_serve(project_root: Path, tmp_path: Path) -> None:
    for name in ("Makefile", "requirements.txt", "requirements-uv.txt", "requirements-dev.txt"):
        shutil.copy(project_root / name, tmp_path)
    plan = make(tmp_path, "-n", "run")
    steps = ["-m venv .venv", "requirements-uv.txt", "requirements.txt", "manage.py serve"]
    places = [plan.index(step) for step in steps]
    assert places == sorted(places)
    assert plan.count("--require-hashes") >= 2
    assert "requirements-dev.txt" not in plan
    assert "tests/run.py" in make(tmp_path, "-n", "test")


def test_a_second_run_only_serves(project_root: Path, tmp_path: Path) -> None:
    for name in ("Makefile", "requirements.txt", "requirements-uv.txt"):
        shutil.copy(project_root / name, tmp_path)
    bin_dir = tmp_path / ".venv" / "bin"
    bin_dir.mkdir(parents=True)
    for path in (bin_dir / "python", bin_dir / "uv", tmp_path / ".venv" / ".runtime"):
        path.touch()
    assert make(tmp_path, "-n", "run").strip() == "exec .venv/bin/python manage.py serve"


def test_the_locks_carry_hashes(project_root: Path) -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-uv.txt"):
        lines = (project_root / name).read_text().splitlines()
        pins = [index for index, line in enumerate(lines) if "==" in line and not line.startswith((" ", "#"))]
        assert pins
        assert all("--hash=sha256:" in lines[index + 1] for index in pins)


def test_what_cannot_run_is_left_out_or_under_require_all_a_failure(tmp_path: Path) -> None:
    def missing(_run: runner.Run) -> bool:
        raise runner.LeftOut("nobody answers")

    run = runner.Run(tmp_path, [], {})
    part = runner.Part("x", "a part", missing)
    runner.perform(part, run, require_all=False)
    assert (part.outcome, part.note) == ("left out", "left out: nobody answers")
    runner.perform(part, run, require_all=True)
    assert part.outcome == "FAILED"
    assert "nobody answers" in runner.table([part], 1.0)


def test_services_that_do_not_answer_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")
    with pytest.raises(runner.LeftOut, match="PostgreSQL"), runner.services():
        pass


def test_the_environment_of_the_tests_is_free_of_an_installation(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://real")
    monkeypatch.setenv("SECRET_KEY", "real")
    env = runner.environment(tmp_path, require_all=True)
    assert "DATABASE_URL" not in env
    assert "SECRET_KEY" not in env
    assert env["DATA_DIR"] == str(tmp_path)
    assert env["REQUIRE_ALL"] == "1"


def test_an_unknown_part_is_refused(project_root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "tests/run.py", "--only", "nothing"],
        cwd=project_root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "no such part: nothing" in done.stderr

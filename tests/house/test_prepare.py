"""Bringing an installation up to date, and starting it over."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


def manage(root: Path, data_dir: Path, *argv: str, **env: str) -> subprocess.CompletedProcess[str]:
    ignored = {"DATABASE_URL", "REDIS_URL", "PRODUCTION"}
    kept = {name: value for name, value in os.environ.items() if name not in ignored}
    return subprocess.run(
        [sys.executable, "manage.py", *argv],
        cwd=root,
        env={**kept, "DATA_DIR": str(data_dir), "DEMO": "0", **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.xdist_group("serve")
def test_the_first_time_does_everything_the_second_nothing_and_reset_starts_over(
    project_root: Path, tmp_path: Path
) -> None:
    (tmp_path / "demo-unfinished").touch()
    (tmp_path / "shanzhi.sqlite3").write_bytes(b"")
    first = manage(project_root, tmp_path, "prepare")
    assert first.returncode == 0, first.stderr
    for said in ("没有完成，重新开始", "更新数据库结构", "收集静态文件"):
        assert said in first.stdout
    assert (tmp_path / "static" / "staticfiles.json").exists()
    second = manage(project_root, tmp_path, "prepare")
    assert (second.returncode, second.stdout) == (0, "")

    (tmp_path / "media").mkdir(exist_ok=True)
    (tmp_path / "media" / "x.jpg").touch()
    (tmp_path / "theirs.txt").touch()
    assert manage(project_root, tmp_path, "reset", PRODUCTION="1").returncode != 0
    assert (tmp_path / "media" / "x.jpg").exists()
    done = manage(project_root, tmp_path, "reset")
    assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.iterdir()} <= {"theirs.txt", "serve.lock", "secret_key"}
    assert (tmp_path / "theirs.txt").exists()

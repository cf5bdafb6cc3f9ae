"""Bringing an installation up to date, and starting it over."""

import shutil
from pathlib import Path

import pytest

from tests.running.installation import Prepared, manage


@pytest.mark.xdist_group("serve")
def test_the_first_time_does_everything_the_second_nothing_and_reset_starts_over(
    project_root: Path, tmp_path: Path, prepared: Prepared
) -> None:
    first = prepared.said
    assert first.returncode == 0, first.stderr
    shutil.copytree(prepared.folder, tmp_path, dirs_exist_ok=True)
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

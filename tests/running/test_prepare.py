"""Bringing an installation up to date, and starting it over."""

import json
import shutil
from pathlib import Path

import pytest
from django.contrib import admin

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


@pytest.mark.xdist_group("serve")
def test_static_files_lie_there_under_the_names_that_pages_use_and_no_others(prepared: Prepared) -> None:
    folder = prepared.folder / "static"
    named = json.loads((folder / "staticfiles.json").read_text())["paths"]
    lying = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.suffix not in ("", ".gz", ".br")}
    assert lying == {*named.values(), "staticfiles.json"}
    parts = [one.media for one in admin.site._registry.values()]
    wanted = {name for part in parts for name in (*part._js, *(css for each in part._css.values() for css in each))}
    assert wanted <= named.keys(), "left out by UNUSED_STATIC"
    assert "django_htmx/htmx-2.min.js" in named

"""`make dev`: an edited, new or deleted source is noticed; what is no source is not; a child starts again."""

import asyncio
import io
import os
from itertools import pairwise
from pathlib import Path

from governance.running.joined_log import JoinedLog
from governance.running.reloading import newest_change
from governance.running.supervisor import Child, Program
from tests.running.test_supervisor import Silent, script, until


def test_a_change_of_a_source_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "templates" / "page.html"
    page.parent.mkdir()
    page.write_text("一")
    (tmp_path / "app.py").write_text("")
    seen = [newest_change(tmp_path)]
    os.utime(page, (2_000_000_000, 2_000_000_000))
    seen.append(newest_change(tmp_path))
    (tmp_path / "new.py").write_text("")
    seen.append(newest_change(tmp_path))
    (tmp_path / "app.py").unlink()
    seen.append(newest_change(tmp_path))
    assert all(before != after for before, after in pairwise(seen))


def test_data_and_tests_are_not_watched(tmp_path: Path) -> None:
    before = newest_change(tmp_path)
    for name in ("var", "tests", ".venv"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.py").write_text("")
    (tmp_path / "notes.md").write_text("")
    assert newest_change(tmp_path) == before


def test_a_child_that_is_asked_starts_again() -> None:
    out = io.StringIO()
    child = Child(
        Program("web", script("import time; print('up', flush=True); time.sleep(60)")),
        JoinedLog(out, as_json=False),
        Silent(),
    )

    async def run() -> None:
        task = asyncio.create_task(child.keep())
        await until(lambda: "up" in out.getvalue())
        child.again()
        await until(lambda: out.getvalue().count("up") == 2)
        await child.stop()
        await asyncio.wait_for(task, 5)

    asyncio.run(run())

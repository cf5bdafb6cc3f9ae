"""The generated secret: one for all, never half of one."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from governance.secret import FILE_NAME, secret_in

RACE = """
import sys, time
from pathlib import Path
from governance.secret import secret_in
time.sleep(max(0, float(sys.argv[2]) - time.time()))
sys.stdout.write(secret_in(Path(sys.argv[1])))
"""


def test_the_same_secret_is_returned_again(tmp_path: Path) -> None:
    first = secret_in(tmp_path)
    assert len(first) >= 64
    assert secret_in(tmp_path) == first
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


@pytest.mark.usefixtures("machine_clock")
def test_processes_that_start_together_agree(tmp_path: Path, project_root: Path) -> None:
    import time

    start = str(time.time() + 0.5)
    argv = [sys.executable, "-c", RACE, str(tmp_path), start]
    racers = [subprocess.Popen(argv, cwd=project_root, stdout=subprocess.PIPE, text=True) for _ in range(6)]
    secrets = {racer.communicate(timeout=30)[0] for racer in racers}
    assert len(secrets) == 1
    assert len(secrets.pop()) >= 64
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


def test_a_half_written_draft_is_never_read(tmp_path: Path) -> None:
    (tmp_path / f".{FILE_NAME}.99.abcd").write_text("half")
    assert secret_in(tmp_path) != "half"

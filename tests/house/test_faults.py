"""The list of faults fits the source: whoever moves a text that is named there moves it there too."""

from pathlib import Path

from tests.mutants.fault import troubles
from tests.mutants.faults import FAULTS


def test_the_list_of_faults_fits_the_source(project_root: Path) -> None:
    assert list(troubles(FAULTS, project_root)) == []

"""What tests of a whole installation share."""

from pathlib import Path

import pytest

from tests.running.installation import Prepared, prepare


@pytest.fixture(scope="session")
def prepared(project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepare(project_root, tmp_path_factory.mktemp("prepared"))

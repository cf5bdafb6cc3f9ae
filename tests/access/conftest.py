"""One of everything, in sight of the cast or not: what the pages of these tests show."""

import pytest

from tests import worlds
from tests.access.stage import Stage, build_stage


@pytest.fixture
@worlds.on(build_stage)
def stage(db: None) -> Stage:
    return build_stage()

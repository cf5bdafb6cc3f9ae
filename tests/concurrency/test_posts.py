"""Chiefs appointed at the same moment: a grid never gets a third."""

import pytest

from grids.levels import Level
from members import accounts, posts
from members.models import Post
from members.posts import PostRefused
from members.roles import MOST_CHIEFS, Role
from tests.concurrency.crowd import at_once
from tests.grids.conftest import COUNTY, add

CROWD = 8

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def test_of_eight_appointed_at_once_two_become_chief():
    root = add(None, Level.COUNTY, COUNTY, "开平市")
    town = add(root, Level.TOWNSHIP, "440783103000", "沙塘镇")
    village = add(town, Level.VILLAGE, "440783103229", "红岭村委会")
    grid = add(village, Level.GRID, "440783103229001", "红岭村网格")
    people = [
        accounts.create_user(username=f"u{n}", name=f"甲{n}", password=None, must_change_password=False, actor=None)
        for n in range(CROWD)
    ]
    results = at_once(CROWD, lambda n: posts.assign(user=people[n], role=Role.GRID_CHIEF, area=grid, actor=None))
    errors = [r for r in results if isinstance(r, BaseException)]
    assert len(errors) == CROWD - MOST_CHIEFS
    assert all(isinstance(error, PostRefused) for error in errors)
    assert Post.objects.held().filter(area=grid, role=Role.GRID_CHIEF).count() == MOST_CHIEFS

"""A grid has one chief or two (双网格长): a third is refused beside the field, whatever came before stays."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock
from members import posts
from members.models import Post, Side
from members.posts import PostRefused
from members.roles import Role


def chief(cast, name, **more):
    return posts.assign(user=cast.users[name], role=Role.GRID_CHIEF, area=cast.grid, actor=None, **more)


def day(n):
    return clock.today() + timedelta(days=n)


@pytest.fixture
def two(cast):
    """The central grid with its second chief."""
    return chief(cast, "grid_worker")


def test_two_are_welcome_and_a_third_is_not(cast, two):
    with pytest.raises(
        PostRefused, match="“红岭村网格”已有 2 名网格长（何锦棠、许玉兰），一个网格最多 2 名"
    ) as refused:
        chief(cast, "worker")
    assert refused.value.field == "place"
    assert Post.objects.held().filter(role=Role.GRID_CHIEF, area=cast.grid).count() == 2


def test_who_covers_is_not_counted(cast, two):
    assert chief(cast, "worker", side=Side.B).side == Side.B
    with pytest.raises(PostRefused):
        chief(cast, "second_worker")


def test_other_grids_and_other_roles_have_room(cast, two):
    posts.assign(user=cast.worker, role=Role.GRID_CHIEF, area=cast.sibling_grid, actor=None)
    posts.assign(user=cast.second_worker, role=Role.GRID_WORKER, area=cast.grid, actor=None)


def test_a_successor_begins_the_day_the_other_leaves(cast, two):
    posts.end(post=two, on=day(10), actor=cast.system_admin)
    with pytest.raises(PostRefused):
        chief(cast, "worker")
    with pytest.raises(PostRefused):
        chief(cast, "worker", starts_on=day(9))
    assert chief(cast, "worker", starts_on=day(10)).starts_on == day(10)
    with pytest.raises(PostRefused, match="梁小燕"):
        chief(cast, "second_worker", starts_on=day(20))


def test_who_comes_later_counts_for_who_stays_as_long(cast):
    chief(cast, "worker", starts_on=day(30))
    with pytest.raises(PostRefused):
        chief(cast, "second_worker")
    assert chief(cast, "second_worker", ends_on=day(30))


def test_what_is_over_may_be_written_down(cast, two):
    assert chief(cast, "worker", starts_on=day(-90), ends_on=day(-60))


def test_the_page_says_so_beside_the_field(cast, two, login):
    sent = {
        "role": Role.GRID_CHIEF.value, "place": cast.grid.code, "side": "A", "idempotency_key": str(uuid.uuid4()),
    }  # fmt: skip
    answer = login(cast.system_admin).post(reverse("people:assign", args=["worker"]), sent)
    assert answer.status_code == 422
    assert "一个网格最多 2 名" in str(answer.context["panel"].form.errors["place"])
    assert not cast.worker.posts.filter(role=Role.GRID_CHIEF).exists()

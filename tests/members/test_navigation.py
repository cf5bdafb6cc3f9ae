"""Where each role starts, and what its frame links to."""

import pytest

from members import accounts
from members.roles import Role
from tests.cast import ROLE_HOLDERS

HOMES = {
    Role.SYSTEM_ADMIN: "/people/",
    Role.LIST_ADMIN: "/lists/",
    Role.COUNTY_DISPATCHER: "/t/",
    Role.COUNTY_LEADER: "/board/",
    Role.DEPARTMENT_LEADER: "/t/",
    Role.DEPARTMENT_HANDLER: "/t/",
    Role.TOWNSHIP_DISPATCHER: "/t/",
    Role.TOWNSHIP_LEADER: "/board/",
    Role.VILLAGE_SECRETARY: "/m/",
    Role.GRID_CHIEF: "/m/",
    Role.GRID_WORKER: "/m/",
    Role.VERIFIER: "/m/",
    Role.AUDITOR: "/board/",
}


@pytest.mark.parametrize("role", list(Role))
def test_home_by_role(cast, login, role):
    assert login(cast.holding(role)).get("/")["Location"] == HOMES[role]
    assert ROLE_HOLDERS[role]


def test_home_without_a_post_is_the_account(cast, login):
    user = accounts.create_user(username="new", name="新人", password=None, must_change_password=False, actor=None)
    client = login(user)
    assert client.get("/")["Location"] == "/account/"
    assert "还没有岗位" in client.get("/account/").content.decode()


def test_field_roles_get_the_phone_frame_and_others_the_desk(cast, login):
    assert 'class="m"' in login(cast.worker).get("/account/").content.decode()
    assert 'class="desk"' in login(cast.handler).get("/account/").content.decode()

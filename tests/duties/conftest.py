"""A county with its list in force from the starter file, one township with offices, and the people."""

from datetime import date
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import Client

from core import clock
from duties.approving import actions
from duties.catalogue.importing import import_catalogue, import_offices
from duties.catalogue.items_file import read
from duties.catalogue.offices import read_offices
from duties.drafting import editing
from duties.lists import queries
from duties.models import ListKind
from duties.shapes import shape_of
from grids import tree
from grids.levels import Level
from members.models import Department, Post, User
from members.roles import Role
from tests import worlds
from tests.worlds import World

DATA = Path(__file__).resolve().parents[2] / "data"
STARTER = (DATA / "starter_lists.yaml").read_text(encoding="utf-8")
ALIASES = (DATA / "item_aliases.yaml").read_text(encoding="utf-8")
OFFICES = (DATA / "township_offices.yaml").read_text(encoding="utf-8")
STARTED = date(2026, 1, 1)
APPROVERS = ("ZZB", "SGB", "ZFW")


@cache
def catalogue():
    return read(STARTER, ALIASES)


@cache
def offices():
    return read_offices(OFFICES, {row.code for row in catalogue().departments})


def person(role, name, area=None, department=None):
    user = User.objects.create(username=name, name=name, created_at=clock.now(), must_change_password=False)
    Post.objects.create(user=user, role=role, area=area, department=department, starts_on=date(2020, 1, 1))
    return user


def client_of(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _county():
    return tree.add(parent=None, level=Level.COUNTY, code="440783000000", name="开平市", actor=None)


def _lists():
    def add(parent, level, code, name):
        return tree.add(parent=parent, level=level, code=code, name=name, actor=None)

    county = _county()
    town = add(county, Level.TOWNSHIP, "440783103000", "沙塘镇")
    bare = add(county, Level.TOWNSHIP, "440783116000", "赤水镇")
    village = add(town, Level.VILLAGE, "440783103220", "丽新村委会")
    far_village = add(bare, Level.VILLAGE, "440783116200", "和安村委会")
    grid = add(village, Level.GRID, "440783103220001", "第一网格")
    done = import_catalogue(catalogue=catalogue(), county=county, starts_on=STARTED)
    import_offices(rows=offices(), township=town)
    return SimpleNamespace(
        county=county, town=town, bare=bare, village=village, far_village=far_village, grid=grid, first=done.version
    )


def _people(lists):
    lists.admin_user = person(Role.LIST_ADMIN, "huang", lists.county)
    lists.second_user = person(Role.LIST_ADMIN, "lin", lists.county)
    lists.worker_user = person(Role.GRID_WORKER, "worker", lists.grid)
    return lists


def _signers(cast):
    found = {code: Department.objects.get(code=code) for code in APPROVERS}
    cast.signers = {code: person(Role.DEPARTMENT_LEADER, code.lower(), None, d) for code, d in found.items()}
    return cast


def _draft(cast):
    cast.draft = editing.open_draft(duty_list=cast.first.duty_list, actor=cast.admin_user)
    return cast


def _village_draft(cast):
    base = queries.current(ListKind.SELF_GOVERNANCE)
    cast.draft = editing.open_draft(duty_list=base.duty_list, actor=cast.admin_user)
    return cast


COUNTY = World(_county)
LISTS = World(_lists)
PEOPLE = World(_people, LISTS)
SIGNERS = World(_signers, PEOPLE)
DRAFT = World(_draft, SIGNERS)
VILLAGE_DRAFT = World(_village_draft, SIGNERS)


@pytest.fixture
@worlds.on(COUNTY)
def county(db):
    return COUNTY()


@pytest.fixture
@worlds.on(LISTS)
def lists(db):
    return LISTS.topmost()


@pytest.fixture
@worlds.on(PEOPLE)
def cast(lists):
    lists.admin, lists.second = client_of(lists.admin_user), client_of(lists.second_user)
    lists.worker = client_of(lists.worker_user)
    return lists


@pytest.fixture
@worlds.on(SIGNERS)
def signers(cast):
    """The leaders of the three departments that approve, by code."""
    return cast.signers


@pytest.fixture
@worlds.on(DRAFT)
def draft(cast):
    return cast


@pytest.fixture
@worlds.on(VILLAGE_DRAFT)
def village_draft(cast):
    """A draft of village self-governance."""
    return cast


def item_of(version, code):
    return shape_of(version).rows(version).get(code=code)


def content_of(item, **changes):
    """What a line says, as the writer takes it, with changes."""
    return shape_of(item.version).plain(item) | changes


def edit(d, code, *, actor=None, revision=None, **changes):
    item = item_of(d.draft, code)
    return editing.edit_item(
        version_id=d.draft.pk,
        code=code,
        revision=item.revision if revision is None else revision,
        content=content_of(item, **changes),
        actor=actor or d.admin_user,
    )


def submit(d, **changes):
    d.draft.refresh_from_db()
    given = {"revision": d.draft.revision} | changes
    d.draft = actions.submit(version_id=d.draft.pk, actor=d.admin_user, **given)
    return d.draft


def agree(d, code, *, actor=None, **changes):
    given = {"round_seen": d.draft.round, "department_id": Department.objects.get(code=code).pk} | changes
    return actions.agree(version_id=d.draft.pk, actor=actor or d.signers[code], **given)


def approve(d, **changes):
    """Submit the draft, and the three agree."""
    submit(d, **changes)
    for code in APPROVERS:
        agree(d, code)
    d.draft.refresh_from_db()
    return d.draft


def publish(d, *, note="", **changes):
    """The whole way of a draft to its first day."""
    approve(d, note=note)
    given = {"starts_on": clock.today(), "round_seen": d.draft.round} | changes
    return actions.publish(version_id=d.draft.pk, actor=d.admin_user, **given)


def posted(item, **changes):
    """What the side form of a grid item sends, with changes; None leaves a field out."""
    plain = content_of(item)
    data = plain | {
        "revision": item.revision,
        "aliases": "、".join(item.aliases),
        "enforcement_body": item.enforcement_body or "不涉及",
    }
    data = {name: "on" if value is True else value for name, value in data.items() if value is not False}
    data |= changes
    return {name: value for name, value in data.items() if value is not None}

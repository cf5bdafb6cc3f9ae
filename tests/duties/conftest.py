"""A county with its list in force from the starter file, one township with offices, and the people."""

from datetime import date
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import Client

from core import clock
from duties import editing, queries
from duties.catalogue import read
from duties.importing import import_catalogue, import_offices
from duties.offices import read_offices
from grids import tree
from grids.levels import Level
from members.models import Post, User
from members.roles import Role

DATA = Path(__file__).resolve().parents[2] / "data"
STARTER = (DATA / "starter_lists.yaml").read_text(encoding="utf-8")
ALIASES = (DATA / "item_aliases.yaml").read_text(encoding="utf-8")
OFFICES = (DATA / "township_offices.yaml").read_text(encoding="utf-8")
STARTED = date(2026, 1, 1)


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


@pytest.fixture
def county(db):
    return tree.add(parent=None, level=Level.COUNTY, code="440783000000", name="开平市", actor=None)


@pytest.fixture
def lists(county):
    def add(parent, level, code, name):
        return tree.add(parent=parent, level=level, code=code, name=name, actor=None)

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


@pytest.fixture
def cast(lists):
    lists.admin_user = person(Role.LIST_ADMIN, "huang", lists.county)
    lists.second_user = person(Role.LIST_ADMIN, "lin", lists.county)
    lists.worker_user = person(Role.GRID_WORKER, "worker", lists.grid)
    lists.admin, lists.second = client_of(lists.admin_user), client_of(lists.second_user)
    lists.worker = client_of(lists.worker_user)
    return lists


@pytest.fixture
def draft(cast):
    cast.draft = editing.open_draft(duty_list=cast.first.duty_list, actor=cast.admin_user)
    return cast


def item_of(version, code):
    return queries.items_of(version).get(code=code)


def content_of(item, **changes):
    """The item's content as the writer takes it, with changes."""
    names = [n for n in editing.ItemContent.__dataclass_fields__ if n not in ("assisting", "aliases")]
    kept = {name: getattr(item, name) for name in names}
    kept |= {"assisting": tuple(item.assisting.all()), "aliases": tuple(item.aliases)}
    return editing.ItemContent(**(kept | changes))


def posted(item, **changes):
    """What the side form of `item` sends, with changes; None leaves a field out."""
    data = {
        "revision": item.revision,
        "name": item.name,
        "aliases": "、".join(item.aliases),
        "category": item.category_id,
        "lead": item.lead_id,
        "assisting": [d.pk for d in item.assisting.all()],
        "enforcement_body": item.enforcement_body,
        "grade": item.grade_id,
        "first_level": item.first_level,
        "resolve": item.resolve,
        "respond": item.respond,
        "closing_standard": item.closing_standard,
        "basis": item.basis,
        "icon": item.icon,
    }
    flags = ("needs_photo", "is_sensitive", "is_common", "is_resident_tile")
    data |= {name: "on" for name in flags if getattr(item, name)}
    data |= changes
    return {name: value for name, value in data.items() if value is not None}

"""What tests of households share: rows of every kind around the central household, and files to import."""

import io
import uuid
from dataclasses import dataclass

import pytest
from openpyxl import Workbook

from core.jobs import outbox
from core.races.idempotency import Once
from grids.models import Household
from households.contact import liaisons
from households.contact.visits import visit
from households.file import actions, subjects
from households.file.actions import Person
from households.imports import work
from households.models import Import, Liaison
from households.registers import exports


def once(**body):
    return Once("test", str(uuid.uuid4()), body)


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def book(rows):
    """An .xlsx file with these rows."""
    made = Workbook()
    for row in rows:
        made.active.append(row)
    content = io.BytesIO()
    made.save(content)
    content.seek(0)
    return content


def sheet(text, encoding="utf-8-sig"):
    """A .csv file."""
    return io.BytesIO(text.encode(encoding))


def uploaded(cast, content, *, kind="households", place=None, user=None):
    return work.take_in(
        content=content, kind=kind, place=place or cast.village, user=user or cast.secretary, once=once()
    )


def checked(cast, content, **more):
    """An import whose rows have been looked at, with the columns the system guessed."""
    one = uploaded(cast, content, **more)
    work.choose_columns(one, columns=one.columns, user=one.user)
    outbox.drain_inline()
    return fresh(one)


def imported(cast, content, **more):
    one = checked(cast, content, **more)
    work.start(one, user=one.user)
    outbox.drain_inline()
    return fresh(one)


def visited(cast, outcome="well", user=None, household=None, **more):
    return visit(household=household or cast.household, outcome=outcome, user=user or cast.worker, once=once(), **more)


def helper(cast, name="谭永康", kind="party", **more):
    return liaisons.add_helper(village=cast.village, name=name, kind=kind, user=cast.secretary, once=once(), **more)


@dataclass(frozen=True)
class Homes:
    """Keys of rows of every kind around the central household."""

    helper: int
    liaison: int
    imports: dict[int, int]
    export: int
    resident: int
    need: int
    request: int

    def import_of(self, user, default):
        return self.imports.get(user.pk, self.imports[default.pk])


def build_homes(cast):
    keeper = helper(cast)
    liaisons.assign(helper=keeper, households=[cast.household], user=cast.secretary)
    person = actions.add_resident(household=cast.household, person=Person("陈小文"), user=cast.worker)
    need = actions.note_need(household=cast.household, words="想装个扶手", user=cast.worker)
    request = subjects.take_request(household=cast.household, kind="access", user=cast.secretary)
    export = exports.ask(area=cast.village, reason="核对低保名单", user=cast.secretary, once=once())
    content = "门牌地址,网格编码\n南安里9组9号,440783103229002\n"
    own = {cast.secretary: cast.village, cast.town_dispatcher: cast.township}
    made = {user.pk: uploaded(cast, sheet(content), user=user, place=place).pk for user, place in own.items()}
    areas = "网格编码,名称,上级编码\n440783103229009,九号网格,440783103229\n"
    admin = uploaded(cast, sheet(areas), kind=Import.Kind.AREAS, place=cast.county, user=cast.system_admin)
    made[cast.system_admin.pk] = admin.pk
    return Homes(
        helper=keeper.pk,
        liaison=Liaison.objects.get(helper=keeper).pk,
        imports=made,
        export=export.pk,
        resident=person.pk,
        need=need.pk,
        request=request.pk,
    )


@pytest.fixture
def home(cast):
    return Household.objects.select_related("area").get(pk=cast.household.pk)

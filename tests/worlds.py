"""What tests stand on: the rows of a world, written once and left standing while tests roll back to them.

A world is what a builder writes into a database that is otherwise as migrated, kept as rows with the objects that it
returned. `stand` brings the database of this process into its state; the tests of one world then follow each other
without writing it anew. A test that commits spoils what stands, and the next `stand` puts it right.
"""

import pickle
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any, Generic, TypeVar

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction

from core import clock, sql
from duties import sql as duties_sql
from tests.moved_clock import MOVED

T = TypeVar("T")
Model = type[models.Model]
Rows = dict[Model, list[tuple[Any, ...]]]
FRESH = timedelta(hours=2)
"""What is kept was made as of then; what is older is built anew."""
LEFT = {"django_content_type", "auth_permission"}
"""Written by the migrations; nobody else writes there."""


class World(Generic[T]):
    """Builds by `build`, which takes what the world below returned if there is one."""

    def __init__(self, build: Callable[..., T], below: "World[Any] | None" = None) -> None:
        self._build, self.below = build, below
        self.made_at = clock.now()
        self._rows: Rows | None = None
        self._pickled = b""

    def __call__(self) -> T:
        """What the builder returned, also while another world stands on this one; for another time it is built anew in
        the test's own transaction."""
        if STAGE.world and self in STAGE.world.below_it() and not self.is_old():
            made: T = pickle.loads(self._pickled)
            return made
        if STAGE.world is not None:
            STAGE.write(STAGE.bare)
        return self._made()

    def topmost(self) -> Any:
        """What the world that stands returned, if it was built on this one: for builders that go on with one thing."""
        stands = STAGE.world
        return stands() if stands and self in stands.below_it() else self()

    def below_it(self) -> "Iterator[World[Any]]":
        """This world and those that it was built on."""
        yield self
        if self.below:
            yield from self.below.below_it()

    def is_old(self) -> bool:
        """The clock stands far from when it was built."""
        return abs(clock.now() - self.made_at) > FRESH

    def rows(self) -> Rows:
        """What stands when it stands; built on the stage the first time."""
        if self._rows is None or self.is_old():
            stand(self.below)
            with MOVED.earlier(), transaction.atomic():
                self.made_at = clock.now()
                made = self._made()
            self._rows, self._pickled = all_rows(), pickle.dumps(made)
            STAGE.world = self
        return self._rows

    def _made(self) -> T:
        return self._build(self.below()) if self.below else self._build()


class Stage:
    """The database of this process: which world stands on it, and whether somebody has written there since."""

    def __init__(self) -> None:
        self.world: World[Any] | None = None
        self.spoiled = False
        self.bare: Rows | None = None

    def write(self, rows: Rows | None) -> None:
        """Write these rows and no others."""
        vendor = connection.vendor
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in (*sql.AUDIT_UNGUARD[vendor], *sql.CHAIN_UNGUARD[vendor], *duties_sql.UNFREEZE[vendor]):
                cursor.execute(statement)
            for model in _models():
                cursor.execute(f"DELETE FROM {_name(model._meta.db_table)}")
            for model, found in (rows or {}).items():
                _write(model, found)
            for statement in connection.ops.sequence_reset_sql(no_style(), list(rows or {})):
                cursor.execute(statement)
            connection.check_constraints()  # PostgreSQL gives no trigger to a table that has checks to come
            for statement in (*sql.AUDIT_GUARD[vendor], *sql.CHAIN_GUARD[vendor], *duties_sql.FREEZE[vendor]):
                cursor.execute(statement)


STAGE = Stage()
FIXTURES: dict[object, World[Any]] = {}


def stand(world: World[Any] | None) -> None:
    """Let this world stand, or none: the database as it was migrated."""
    if STAGE.bare is None:
        STAGE.bare = all_rows()
    if STAGE.world is world and not STAGE.spoiled and not (world and world.is_old()):
        return
    rows = world.rows() if world else STAGE.bare
    if STAGE.world is not world or STAGE.spoiled:
        STAGE.write(rows)
    STAGE.world, STAGE.spoiled = world, False


def on(world: World[Any]) -> Callable[[T], T]:
    """Marks a fixture whose tests stand on this world."""

    def marked(fixture: T) -> T:
        FIXTURES[fixture] = world
        return fixture

    return marked


def top_of(fixtures: Iterable[object]) -> World[Any] | None:
    """The world that these fixtures ask for; of several the one on top of the others."""
    asked = {FIXTURES[one] for one in fixtures if one in FIXTURES}
    top = asked - {below for world in asked for below in world.below_it() if below is not world}
    assert len(top) < 2, f"a test stands on one world, not on {len(top)}"
    return top.pop() if top else None


def spoil(*_: object) -> None:
    """Somebody has committed."""
    STAGE.spoiled = True


def all_rows() -> Rows:
    """What is written in every table."""
    found = {model: _rows(model) for model in _models()}
    return {model: rows for model, rows in found.items() if rows}


def _models() -> list[Model]:
    found = apps.get_models(include_auto_created=True)
    return [model for model in found if model._meta.managed and model._meta.db_table not in LEFT]


def _name(word: str) -> str:
    return connection.ops.quote_name(word)


def _columns(model: Model) -> str:
    return ", ".join(_name(field.column) for field in model._meta.local_concrete_fields)


def _rows(model: Model) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_columns(model)} FROM {_name(model._meta.db_table)}")
        return list(cursor.fetchall())


def _write(model: Model, rows: list[tuple[Any, ...]]) -> None:
    places = ", ".join(["%s"] * len(model._meta.local_concrete_fields))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {_name(model._meta.db_table)} ({_columns(model)}) VALUES ({places})", rows)

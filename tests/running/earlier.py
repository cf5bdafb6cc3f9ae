"""A database of earlier: half of what every app's squashed migration replaces, with a row in every table of that time.

Where one replaces a single migration, the app was not there yet.

Run as a program with DATABASE_URL or DATA_DIR in the environment; it prints how many rows each table got.
"""

import json
import os
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

MOMENT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
EMPTY = ("grids_areasuccession",)
"""A table whose row needs two others of one kind."""
FILLED = ("issues.Reply.county", "ledgers.Rectification.owner_township", "mediation.Mediator.user", "members.Post.area")
"""Of columns that may be empty those that a constraint of their row asks for."""
MANY = {"issues_sheet": 3}
"""Of these more than one, for a migration that makes one of several."""
GIVEN: dict[str, Any] = {
    "BooleanField": False,
    "DateField": date(2026, 11, 20),
    "DateTimeField": MOMENT,
    "FloatField": 1.0,
    "JSONField": {},
    "TimeField": time(10, 0),
    "UUIDField": uuid.UUID(int=1),
}
"""What a column holds that must hold something and has neither default nor choices; numbers hold 1, words a word."""


def build() -> dict[str, int]:
    """Bring an empty database to the state of earlier; the migrations of before run as they did then."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    executor.loader = loader = _loader(connection)
    squashed = {app: list(one.replaces) for (app, _name), one in loader.squashed.items()}
    ends = [names[len(names) // 2 - 1] for names in squashed.values() if len(names) > 1]
    ends += [key for key in loader.graph.leaf_nodes() if key[0] not in squashed]
    wanted = {key for end in ends for key in loader.graph.forwards_plan(end)}
    whole = executor.migration_plan(loader.graph.leaf_nodes(), clean_start=True)
    plan = [step for step in whole if (step[0].app_label, step[0].name) in wanted]
    return dict(_filled(executor.migrate(None, plan=plan).apps))


def _loader(connection: Any) -> Any:
    """One that knows what was squashed, and not what replaces it."""
    from django.db.migrations.loader import MigrationLoader

    class Before(MigrationLoader):
        def load_disk(self) -> None:
            super().load_disk()
            self.squashed = {key: one for key, one in self.disk_migrations.items() if one.replaces}
            for key in self.squashed:
                del self.disk_migrations[key]
            for one in self.disk_migrations.values():
                one.dependencies = [
                    self.squashed[key].replaces[-1] if key in self.squashed else key for key in one.dependencies
                ]

    return Before(connection)


def _filled(apps: Any) -> Iterator[tuple[str, int]]:
    """A row in every table of that time, those first that others name."""
    made: dict[Any, Any] = {}
    waiting = [one for one in apps.get_models() if not (one._meta.auto_created or one._meta.db_table in EMPTY)]
    while waiting:
        ready = [model for model in waiting if {field.related_model for field in _named(model)} <= made.keys()]
        assert ready, f"tables that wait for each other: {waiting}"
        for model in ready:
            for number in range(MANY.get(model._meta.db_table, 1)):
                made[model] = model._default_manager.create(**_row(model, made, number))
            yield model._meta.db_table, model._default_manager.count()
        waiting = [model for model in waiting if model not in made]


def _named(model: Any) -> list[Any]:
    """Fields that name a row of another table."""
    fields = model._meta.concrete_fields
    return [field for field in fields if field.is_relation and (not field.null or str(field) in FILLED)]


def _row(model: Any, made: dict[Any, Any], number: int) -> dict[str, Any]:
    asked = [
        field
        for field in model._meta.concrete_fields
        if not (field.is_relation or field.null or field.has_default() or field.blank or field.name == "id")
    ]
    named = {field.name: made[field.related_model] for field in _named(model)}
    return {field.name: _value(field, number) for field in asked} | named


def _value(field: Any, number: int) -> Any:
    kind = field.get_internal_type()
    if field.choices:
        return field.choices[0][0]
    if kind.endswith("IntegerField"):
        return 1
    return GIVEN.get(kind, f"x{number or ''}")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")
    import django

    django.setup()
    json.dump(build(), sys.stdout)

"""Triggers that make a list version immutable, both engines side by side.

The writers refuse first and kindly; these are the last word. `tests/duties/test_immutable.py` is the
contract both variants fulfil. `FREEZE` is what a database has; `GUARD` is what it had before there were states of
approval, for the migrations of that time.
"""

from typing import Final

MESSAGE: Final = "a published list version never changes"
_SEEN: Final = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}
Condition = tuple[str, str, str]
"""(table, verb, condition under which the write is refused)."""


def _of_rows(tables: tuple[str, ...], test: str) -> list[Condition]:
    return [
        (table, verb, " OR ".join(test.format(row=side) for side in sides))
        for table in tables
        for verb, sides in _SEEN.items()
    ]


def _is(state: str) -> str:
    test = "EXISTS (SELECT 1 FROM duties_listversion v WHERE v.id = {row}.version_id AND v.state ~)"
    return test.replace("~", state)


def _item_is(state: str) -> str:
    test = (
        "EXISTS (SELECT 1 FROM duties_dutyitem i JOIN duties_listversion v ON v.id = i.version_id"
        " WHERE i.id = {row}.dutyitem_id AND v.state ~)"
    )
    return test.replace("~", state)


_FIRST: Final[list[Condition]] = [
    *[("duties_listversion", verb, "OLD.state = 'published'") for verb in ("UPDATE", "DELETE")],
    *_of_rows(("duties_category", "duties_grade", "duties_dutyitem"), _is("= 'published'")),
    *_of_rows(("duties_dutyitem_assisting",), _item_is("= 'published'")),
]

_STEPS: Final = (
    "NEW.state = OLD.state"
    " OR (OLD.state = 'draft' AND NEW.state = 'submitted')"
    " OR (OLD.state = 'draft' AND NEW.state = 'published' AND NEW.base_id IS NULL)"
    " OR (OLD.state = 'submitted' AND NEW.state IN ('draft', 'approved'))"
    " OR (OLD.state = 'approved' AND NEW.state IN ('draft', 'published'))"
)
"""The ways of a version; only the founding one is published without approval."""
_REWRITTEN: Final = " OR ".join(
    f"NEW.{column} <> OLD.{column}" for column in ("duty_list_id", "number", "rules", "revision", "round")
)
_FROZEN: Final[list[Condition]] = [
    (
        "duties_listversion",
        "UPDATE",
        f"OLD.state = 'published' OR NOT ({_STEPS}) OR (OLD.state <> 'draft' AND ({_REWRITTEN}))",
    ),
    ("duties_listversion", "DELETE", "OLD.state <> 'draft'"),
    *_of_rows(
        ("duties_category", "duties_grade", "duties_dutyitem", "duties_dutyline", "duties_draftedit"),
        _is("<> 'draft'"),
    ),
    *_of_rows(("duties_dutyitem_assisting",), _item_is("<> 'draft'")),
    ("duties_approval", "UPDATE", "OLD.outcome <> ''"),
    ("duties_approval", "DELETE", _is("<> 'draft'").format(row="OLD")),
]


def _lay(conditions: list[Condition], mark: str) -> dict[str, list[str]]:
    def name(table: str, verb: str) -> str:
        return f"{table}_{mark}_{verb.lower()}"

    return {
        "sqlite": [
            f"CREATE TRIGGER {name(table, verb)} BEFORE {verb} ON {table} WHEN {test}"
            f" BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            for table, verb, test in conditions
        ],
        "postgresql": [
            # A WHEN clause may not hold a subquery on PostgreSQL, so each table's test lives in a function.
            *(
                f"CREATE OR REPLACE FUNCTION {name(table, verb)}() RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN IF {test} THEN RAISE EXCEPTION '{MESSAGE}'"
                " USING ERRCODE = 'integrity_constraint_violation'; END IF;"
                f" RETURN {'OLD' if verb == 'DELETE' else 'NEW'}; END $$"
                for table, verb, test in conditions
            ),
            *(
                f"CREATE TRIGGER {name(table, verb)} BEFORE {verb} ON {table}"
                f" FOR EACH ROW EXECUTE FUNCTION {name(table, verb)}()"
                for table, verb, _test in conditions
            ),
        ],
    }


def _lift(conditions: list[Condition], mark: str) -> dict[str, list[str]]:
    names = [(table, f"{table}_{mark}_{verb.lower()}") for table, verb, _test in conditions]
    return {
        "sqlite": [f"DROP TRIGGER IF EXISTS {name}" for _table, name in names],
        "postgresql": [
            *(f"DROP TRIGGER IF EXISTS {name} ON {table}" for table, name in names),
            *(f"DROP FUNCTION IF EXISTS {name}()" for _table, name in names),
        ],
    }


GUARD: Final = _lay(_FIRST, "guard")
UNGUARD: Final = _lift(_FIRST, "guard")
FREEZE: Final = _lay(_FROZEN, "freeze")
UNFREEZE: Final = _lift(_FROZEN, "freeze")

"""Triggers that make a published list version immutable, both engines side by side.

The writers refuse first and kindly; these are the last word. `tests/duties/test_immutable.py` is the
contract both variants fulfil.
"""

from typing import Final

MESSAGE: Final = "a published list version never changes"
_ROWS: Final = ("duties_category", "duties_grade", "duties_dutyitem")
_LINK: Final = "duties_dutyitem_assisting"
_PUBLISHED: Final = (
    "EXISTS (SELECT 1 FROM duties_listversion v WHERE v.id = {row}.version_id AND v.state = 'published')"
)
_LINK_PUBLISHED: Final = (
    "EXISTS (SELECT 1 FROM duties_dutyitem i JOIN duties_listversion v ON v.id = i.version_id"
    " WHERE i.id = {row}.dutyitem_id AND v.state = 'published')"
)
_SEEN: Final = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}


def _conditions() -> list[tuple[str, str, str]]:
    """(table, verb, condition under which the write is refused)."""
    found = [("duties_listversion", verb, "OLD.state = 'published'") for verb in ("UPDATE", "DELETE")]
    for table in (*_ROWS, _LINK):
        test = _LINK_PUBLISHED if table == _LINK else _PUBLISHED
        for verb, sides in _SEEN.items():
            found.append((table, verb, " OR ".join(test.format(row=side) for side in sides)))
    return found


def _name(table: str, verb: str) -> str:
    return f"{table}_guard_{verb.lower()}"


GUARD: Final = {
    "sqlite": [
        f"CREATE TRIGGER {_name(table, verb)} BEFORE {verb} ON {table} WHEN {test}"
        f" BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        for table, verb, test in _conditions()
    ],
    "postgresql": [
        # A WHEN clause may not hold a subquery on PostgreSQL, so each table's test lives in a function.
        *(
            f"CREATE OR REPLACE FUNCTION {_name(table, verb)}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN IF {test} THEN RAISE EXCEPTION '{MESSAGE}'"
            " USING ERRCODE = 'integrity_constraint_violation'; END IF;"
            f" RETURN {'OLD' if verb == 'DELETE' else 'NEW'}; END $$"
            for table, verb, test in _conditions()
        ),
        *(
            f"CREATE TRIGGER {_name(table, verb)} BEFORE {verb} ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {_name(table, verb)}()"
            for table, verb, _test in _conditions()
        ),
    ],
}
UNGUARD: Final = {
    "sqlite": [f"DROP TRIGGER IF EXISTS {_name(table, verb)}" for table, verb, _test in _conditions()],
    "postgresql": [
        *(f"DROP TRIGGER IF EXISTS {_name(table, verb)} ON {table}" for table, verb, _test in _conditions()),
        *(f"DROP FUNCTION IF EXISTS {_name(table, verb)}()" for table, verb, _test in _conditions()),
    ],
}

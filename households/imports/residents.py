"""Rows of residents against the register: whose file each one belongs to, who it is, what it would change, writing it.

A resident is known again by household and name. Two of one name in one household are told apart by year of birth or
relation; a row that may mean either is refused, and nobody is taken for somebody else.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from django.utils.translation import gettext as _

from core import clock
from core.trust import audit
from core.trust.keys import name_key, phone_key
from core.trust.privacy import blind_index
from grids import addresses
from grids.models import Household
from households.file.actions import FileRefused, Person, resident_row
from households.imports import homes
from households.imports.homes import Row
from households.imports.reading import Foresight, Line, Problem, Written
from households.models import Import, ImportChange, Resident

SAID = ("phone", "relation", "birth_year")
COLUMNS = (*SAID, "phone_index")


def check(one: Import, lines: Sequence[Line]) -> tuple[list[Problem], Foresight]:
    rows, problems = sorted_out(one, lines)
    persons, unclear = _persons(rows)
    foresight = Foresight()
    for _home, line, person in persons:
        if person is None:
            foresight.added += 1
        else:
            foresight.count(_news(person, line))
    return problems + unclear, foresight


def sorted_out(one: Import, lines: Sequence[Line]) -> tuple[list[Row], list[Problem]]:
    """Each row with its household, which must be registered."""
    problems: list[Problem] = []
    plain: list[Line] = []
    for line in lines:
        if "address" in line.values:
            line.values["door"] = addresses.door(str(line.values["address"]))
        if problem := _own_problem(line):
            problems.append(problem)
        else:
            plain.append(line)
    rows, unplaced = homes.sorted_out(one, plain)
    for row in rows:
        if row.home is None:
            unplaced.append(
                Problem(row.line, "code" if row.line.values.get("code") else "address", _("这一户还没有登记"))
            )
    return [row for row in rows if row.home is not None], problems + unplaced


def _own_problem(line: Line) -> Problem | None:
    try:
        resident_row(Household(), _person(line), clock.now())
    except FileRefused as refusal:
        return Problem(line, refusal.field or "name", refusal.message)
    return None


def _person(line: Line) -> Person:
    given = cast(dict[str, Any], line.values)
    return Person(
        given["name"], given.get("phone", ""), given.get("relation", Resident.Relation.OTHER), given.get("birth_year")
    )


# ---- who is who ------------------------------------------------------------------------------------------------------
Who = tuple[Household, Line, Resident | None]


def _persons(rows: Sequence[Row]) -> tuple[list[Who], list[Problem]]:
    """Each row with the resident it means, None for a new one."""
    by_name: dict[tuple[int, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row.home is not None:
            by_name[row.home.pk, name_key(str(row.line.values["name"]))].append(row)
    there: dict[tuple[int, str], list[Resident]] = defaultdict(list)
    for person in Resident.objects.filter(household__in={home for home, _name in by_name}).order_by("pk"):
        there[person.household_id, person.name_index].append(person)
    found: list[Who] = []
    problems: list[Problem] = []
    for key, named in by_name.items():
        sure, unsure = _told_apart(named, there[key])
        found += sure
        problems += unsure
    found.sort(key=lambda who: who[1].number)
    return found, problems


def _told_apart(rows: Sequence[Row], there: Sequence[Resident]) -> tuple[list[Who], list[Problem]]:
    """Rows of one name in one household: first those whom the register knows for sure, then what is left."""
    found: list[Who] = []
    problems: list[Problem] = []
    free, open_rows, settled = list(there), list(rows), list[tuple[Line, Mapping[str, object]]]()
    for is_sure in (_is_twin, _is_of_year, _is_kin):
        for row in list(open_rows):
            same = [person for person in free if is_sure(row.line.values, person)]
            if len(same) == 1:
                found.append((cast(Household, row.home), row.line, same[0]))
                settled.append((row.line, _said_of(same[0])))
                free.remove(same[0])
                open_rows.remove(row)
    for row in list(open_rows):
        twin = next((line for line, known in settled if not _differ(row.line.values, known)), None)
        if twin is not None:
            text = _("与第 %(n)d 行是同一户同名的人；是两个人请都写明出生年或关系") % {"n": twin.number}
            problems.append(Problem(row.line, "name", text))
            open_rows.remove(row)
        else:
            settled.append((row.line, row.line.values))
    for row in open_rows:
        who, problem = _left(row, free, alone=len(open_rows) == 1)
        if problem:
            problems.append(problem)
        else:
            found.append((cast(Household, row.home), row.line, who))
    return found, problems


def _left(row: Row, free: Sequence[Resident], *, alone: bool) -> tuple[Resident | None, Problem | None]:
    """Who is meant by a row that nobody of the register matches for sure; `free`: those no other row means."""
    values = row.line.values
    may = [person for person in free if not _differ(values, _said_of(person))]
    if len(may) == 1 and alone:
        return may[0], None
    if not may and all(_differ(values, _said_of(person), both=True) for person in free):
        return None, None
    text = _("这一户已有同名的人，分不清是不是同一人；请写明与档案一致的出生年或关系，或在档案里更正")
    return None, Problem(row.line, "name", text)


def _said_of(person: Resident) -> dict[str, object]:
    return {"birth_year": person.birth_year, "relation": person.relation}


def _is_twin(said: Mapping[str, object], person: Resident) -> bool:
    """The same year of birth, and no other relation."""
    return _is_of_year(said, person) and not _differ(said, _said_of(person))


def _is_of_year(said: Mapping[str, object], person: Resident) -> bool:
    """The same year of birth: the relation is put right, unless somebody else of this year fits better."""
    return bool(person.birth_year) and said.get("birth_year") == person.birth_year


def _is_kin(said: Mapping[str, object], person: Resident) -> bool:
    """The same relation, and no other year."""
    return _known(person.relation) and said.get("relation") == person.relation and not _differ(said, _said_of(person))


def _differ(one: Mapping[str, object], other: Mapping[str, object], *, both: bool = False) -> bool:
    """Whether what is said of two tells them apart; `both`: in everything that is said of either."""
    years = (one.get("birth_year"), other.get("birth_year"))
    kin = (one.get("relation"), other.get("relation"))
    apart = [
        bool(years[0] and years[1] and years[0] != years[1]),
        bool(_known(kin[0]) and _known(kin[1]) and kin[0] != kin[1]),
    ]
    return all(apart) if both else any(apart)


def _known(relation: object) -> bool:
    """其他 tells nobody apart: it stands where nobody asked."""
    return relation not in (None, "", Resident.Relation.OTHER)


def _news(person: Resident, line: Line) -> dict[str, Any]:
    return {
        name: line.values[name] for name in SAID if name in line.values and getattr(person, name) != line.values[name]
    }


# ---- writing ---------------------------------------------------------------------------------------------------------
def write(one: Import, rows: Sequence[Row]) -> Written:
    """Write rows that have been sorted out; who each one means is asked anew, with the households locked."""
    keys = {row.home.pk for row in rows if row.home is not None}
    list(Household.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk").values_list("pk"))
    persons, left = _persons(rows)
    made = [resident_row(home, _person(line), clock.now()) for home, line, person in persons if person is None]
    changes, changed = [], []
    for _home, line, person in persons:
        news = _news(person, line) if person is not None else {}
        if person is not None and news:
            changes.append(_change(one, person, {name: getattr(person, name) for name in news}))
            for name, value in news.items():
                setattr(person, name, value)
            person.phone_index = phone_key(person.phone)
            changes[-1].mark = mark_of(person)
            changed.append(person)
    Resident.objects.bulk_create(made, batch_size=1000)
    Resident.objects.bulk_update(changed, COLUMNS, batch_size=500)
    changes += [_change(one, person, {}) for person in made]
    ImportChange.objects.bulk_create(changes, batch_size=1000)
    if made or changed:
        audit.record("household.residents_loaded", None, actor=one.user, added=len(made), changed=len(changed))
    return Written(len(made), len(changed), len(persons) - len(made) - len(changed), left=left)


def _change(one: Import, person: Resident, before: Mapping[str, object]) -> ImportChange:
    held = json.dumps(before) if before else ""
    return ImportChange(of=one, household_id=person.household_id, resident=person.pk, before=held, mark=mark_of(person))


def mark_of(person: Resident) -> str:
    """By which one sees whether somebody has changed a resident since, and nothing else."""
    return blind_index(json.dumps([person.name, person.phone, person.relation, person.birth_year]))


def persons_of(changes: Iterable[ImportChange]) -> dict[int, Resident]:
    return Resident.objects.select_for_update(of=("self",)).in_bulk([row.resident for row in changes if row.resident])

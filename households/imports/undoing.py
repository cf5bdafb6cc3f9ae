"""Taking an import back within a day: by who made it, step by step from the outbox like the import itself.

What somebody has changed since is left and said. Households that the import registered go, unless something hangs on
them already: those are retired.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import NotNow, NotYours
from core.jobs import outbox
from core.models import OutboxRow
from core.trust import audit
from core.trust.keys import phone_key
from grids import households
from grids.households import Change
from grids.models import Area, Household
from households.imports.residents import COLUMNS, mark_of, persons_of
from households.models import Import, ImportAdded, ImportChange, Resident
from households.rules import TAKE_BACK_WITHIN
from members.models import User

UNDO = "households.undo"
"""Outbox topic, handled in households.handlers."""
BATCH = 500
State, Outcome = Import.State, ImportChange.Outcome


def refusal_of(one: Import, user: User) -> str:
    """Why `user` cannot take an import back now; empty when they can."""
    if one.user_id != user.pk:
        return _("只有导入的人可以撤回")
    if one.kind == Import.Kind.AREAS:
        return _("区域的导入不能撤回；请改好再导入一次，多设的在区域树里停用")
    if one.state not in (State.DONE, State.CANCELLED, State.FAILED) or not one.added + one.changed + one.moved:
        return _("这次导入没有可撤回的")
    if one.ended_at is None or clock.now() > one.ended_at + TAKE_BACK_WITHIN:
        return _("已超过一天，不能撤回")
    return ""


def take_back(one: Import, *, user: User) -> Import:
    with transaction.atomic():
        row = Import.objects.select_for_update(of=("self",)).get(pk=one.pk)
        if row.user_id != user.pk:
            raise NotYours(_("只有导入的人可以撤回"))
        if refusal := refusal_of(row, user):
            raise NotNow(refusal)
        row.state = State.UNDOING
        row.save(update_fields=["state"])
        audit.record("import.taking_back", row, actor=user, added=row.added, changed=row.changed, moved=row.moved)
        _next(row)
    return row


def step(import_id: int) -> None:
    """The last changes first, then what was added; each batch is one transaction that asks for the next."""
    one = Import.objects.select_for_update(of=("self",)).filter(pk=import_id, state=State.UNDOING).first()
    if one is None:
        return
    changes = list(ImportChange.objects.filter(of=one, outcome="").order_by("-pk")[:BATCH])
    added = None if changes else ImportAdded.objects.filter(of=one, is_undone=False).order_by("-pk").first()
    done = Counter(one.undone)
    if changes:
        done += _changes_back(changes, one.user)
    elif added is not None:
        done += Counter(households.unregister(codes=added.codes, actor=one.user))
        ImportAdded.objects.filter(pk=added.pk).update(is_undone=True)
    one.undone = dict(done)
    if changes or added is not None:
        _next(one)
    else:
        one.state = State.UNDONE
        audit.record("import.taken_back", one, actor=one.user, **one.undone)
    one.save(update_fields=["undone", "state"])


def _next(one: Import) -> None:
    change = ImportChange.objects.filter(of=one, outcome="").order_by("-pk").values_list("pk", flat=True).first()
    added = ImportAdded.objects.filter(of=one, is_undone=False).order_by("-pk").values_list("pk", flat=True).first()
    key = f"{UNDO}:{one.pk}:{change or 0}:{added or 0}"
    outbox.enqueue(UNDO, {"import": one.pk}, key=key, queue=OutboxRow.Queue.BULK)


def _changes_back(changes: Sequence[ImportChange], user: User) -> Counter[str]:
    of_persons = [change for change in changes if change.resident]
    of_homes = [change for change in changes if not change.resident]
    _persons_back(of_persons, user)
    _homes_back(of_homes, user)
    ImportChange.objects.bulk_update(changes, ["outcome"], batch_size=BATCH)
    # of a resident who was added nothing stood there before
    gone = [change.pk for change in of_persons if change.outcome == Outcome.REMOVED]
    ImportChange.objects.filter(pk__in=gone).delete()
    return Counter(change.outcome for change in changes)


def _persons_back(changes: Sequence[ImportChange], user: User) -> None:
    persons = persons_of(changes)
    restored: list[Resident] = []
    for change in changes:
        person = persons.get(change.resident or 0)
        if person is None or mark_of(person) != change.mark:
            change.outcome = Outcome.LEFT
        elif not change.before:
            change.outcome = Outcome.REMOVED
        else:
            for name, value in json.loads(change.before).items():
                setattr(person, name, value)
            person.phone_index = phone_key(person.phone)
            restored.append(person)
            change.outcome = Outcome.RESTORED
    Resident.objects.bulk_update(restored, COLUMNS, batch_size=BATCH)
    gone = [change.resident for change in changes if change.resident and change.outcome == Outcome.REMOVED]
    Resident.objects.filter(pk__in=gone).delete()
    if restored or gone:
        audit.record("household.residents_unloaded", None, actor=user, restored=len(restored), removed=len(gone))


def _homes_back(changes: Sequence[ImportChange], user: User) -> None:
    held = {change.pk: json.loads(change.before or "{}") for change in changes}
    moves = {change.household_id: held[change.pk].pop("area") for change in changes if "area" in held[change.pk]}
    stand = dict(Household.objects.filter(pk__in=moves, retired_at=None).values_list("pk", "area_id"))
    in_use = set(Area.objects.in_use().filter(pk__in={was for was, _to in moves.values()}).values_list("pk", flat=True))
    goes: dict[int, list[int]] = defaultdict(list)
    for pk, (was, to) in moves.items():
        if stand.get(pk) == to and was in in_use:
            goes[was].append(pk)
    households.transfer_many(goes=goes, actor=user)
    moved = {pk for keys in goes.values() for pk in keys}
    wanted = [Change(change.household_id, change.version, held[change.pk]) for change in changes if held[change.pk]]
    restored = households.restore(changes=wanted, actor=user)
    for change in changes:
        is_moved = change.household_id not in moves or change.household_id in moved
        is_back = not held[change.pk] or change.household_id in restored
        # where nothing is held any more, the household's data were deleted since
        change.outcome = Outcome.RESTORED if change.before and is_moved and is_back else Outcome.LEFT

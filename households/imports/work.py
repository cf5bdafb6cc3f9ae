"""The only writer of imports: taken in, understood, checked, then written chunk by chunk from the outbox.

Each step is one transaction that leaves the import where the next one starts, so that a worker may die anywhere: rows
are known again by their codes, and nothing is written twice. What was uploaded lies encrypted and goes when it is used.
Several workers share the chunks of an import: what can be done without its lock is done before taking it. Areas are one
chunk, as children may stand anywhere after their parents and go in with them or not at all.
"""

import base64
import hashlib
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import DomainError, NotNow, NotYours
from core.files.examining import BadWorkbook, Bounds, kind_of
from core.files.heads import Head
from core.files.sheets import Opening, Place, Size, hidden_rows, openings, rows_of
from core.jobs import outbox
from core.models import OutboxRow
from core.races.idempotency import Once
from core.races.idempotency import claim as claim_key
from core.trust import audit
from grids.levels import Level
from grids.models import Area
from households.imports import faulty, fields, landing, placing
from households.imports.reading import Problem, kept
from households.models import ColumnMap, Import, ImportChunk, ImportPiece, ImportProblem
from households.people import KEEPERS, may_import_areas
from households.rules import (
    CHUNK,
    KEEP_FAULTY,
    LARGEST_FILE,
    LARGEST_UNPACKED,
    LONGEST_CELL,
    MOST_AREAS,
    MOST_COLUMNS,
    MOST_FAULTS,
    MOST_PARTS,
    MOST_PROBLEMS,
    MOST_RATIO,
    MOST_RESIDENTS,
    MOST_ROWS,
    PREVIEW,
)
from members.access import posts_covering
from members.models import User

STAGE, CHECK, LOAD, FORGET = "households.stage", "households.check", "households.load", "households.forget_faulty"
"""Outbox topics, handled in households.handlers."""
BULK = OutboxRow.Queue.BULK
BOUNDS = Bounds(LARGEST_FILE, LARGEST_UNPACKED, MOST_PARTS, MOST_RATIO)
LIST = Size(MOST_ROWS, MOST_COLUMNS, LONGEST_CELL)
PIECE = 512 * 1024
SLICE = 40_000
"""Rows that are read out of a file in one transaction."""
LANES = 3
"""Chunks of an import that wait to be taken at once: more than there are workers, few enough to share them out."""
State = Import.State
GOING = (State.MAPPING, State.CHECKING, State.CHECKED, State.RUNNING)


def take_in(*, content: IO[bytes], kind: str, place: Area, user: User, once: Once) -> Import:
    """Keep an uploaded file. Raises BadWorkbook for one unsafe or without rows; sent twice, it is kept once."""
    form = kind_of(content, BOUNDS)
    table, header, unseen = placing.found(openings(content, form, LIST), kind)
    with transaction.atomic():
        slot = claim_key(once.owner, once.key, once.body)
        if slot.result:
            return Import.objects.get(pk=int(slot.result))
        _may(user, kind, place)
        made = Import(kind=kind, place=place, user=user, created_at=clock.now(), format=form, header=header)
        _place(made, table)
        made.size, made.sha256 = _measure(content)
        made.hidden_rows = hidden_rows(content, form, LIST, table)
        made.columns = _remembered(made) or fields.guess(kind, header, unseen)
        made.save()
        _keep(made, content)
        audit.record("import.taken_in", made, actor=user, kind=kind, area=place.code, size=made.size)
        slot.finish(str(made.pk))
    return made


def _may(user: User, kind: str, place: Area) -> None:
    """Areas by the system admin; households and residents by who keeps the files of the place."""
    if kind == Import.Kind.AREAS:
        if not may_import_areas(user):
            raise NotYours(_("区域由系统管理员导入"))
        return
    path = {place.pk, *({place.parent_id} if place.parent_id else set())}
    held = {role for role, _kind, post in posts_covering(user, area_ids=path, department_ids=())}
    if not held & set(KEEPERS) or place.level not in (Level.TOWNSHIP, Level.VILLAGE):
        raise NotYours(_("住户由村社书记或乡镇分拨员导入"))


def _measure(content: IO[bytes]) -> tuple[int, str]:
    content.seek(0)
    digest, size = hashlib.sha256(), 0
    while block := content.read(PIECE):
        digest.update(block)
        size += len(block)
    return size, digest.hexdigest()


def _keep(made: Import, content: IO[bytes]) -> None:
    content.seek(0)
    position = 0
    while block := content.read(PIECE):
        ImportPiece.objects.create(of=made, position=position, content=base64.b64encode(block).decode())
        position += 1


def _file(one: Import) -> IO[bytes]:
    pieces = ImportPiece.objects.filter(of=one).order_by("position")
    return io.BytesIO(b"".join(base64.b64decode(piece.content) for piece in pieces.iterator(chunk_size=8)))


def _head(one: Import) -> str:
    return hashlib.sha256("\x1f".join(one.header).encode()).hexdigest()


def _remembered(one: Import) -> dict[str, int]:
    known = ColumnMap.objects.filter(user=one.user, kind=one.kind, head=_head(one)).first()
    return dict(known.columns) if known else {}


def _place(one: Import, table: Place) -> None:
    one.sheet, one.head_line, one.head_depth = table.sheet, table.head.line, table.head.depth
    one.takes_hidden = table.takes_hidden


def openings_of(one: Import) -> list[Opening]:
    """The sheets of a file with their first lines as they were uploaded, for who uploaded them."""
    return openings(_file(one), one.format, LIST, takes_hidden=one.takes_hidden)


def sample_of(one: Import) -> list[list[str]]:
    """The first rows below the head as they were uploaded, for who uploaded them."""
    rows = islice(rows_of(_file(one), one.format, LIST, placing.place_of(one)), one.head_line, None)
    return list(islice((row for row in rows if row), PREVIEW))


def choose_table(one: Import, *, table: Place, user: User) -> Import:
    """Say which sheet of the file is meant and which lines of it name the columns; these are guessed anew.

    In another sheet than before the head is found by itself.
    """
    with transaction.atomic():
        row = _locked(one, user, State.MAPPING)
        found = openings(_file(row), row.format, LIST, takes_hidden=table.takes_hidden)
        if table.sheet != row.sheet:
            known = [placing.head_of(each, row.kind) for each in found if each.name == table.sheet]
            table = replace(table, head=(known or [Head()])[0])
        row.header, unseen = placing.chosen(found, table)
        _place(row, table)
        row.hidden_rows = hidden_rows(_file(row), row.format, LIST, table)
        row.columns = _remembered(row) or fields.guess(row.kind, row.header, unseen)
        row.save(update_fields=["sheet", "head_line", "head_depth", "header", "columns", "takes_hidden", "hidden_rows"])
    return row


def choose_columns(one: Import, *, columns: Mapping[str, int], user: User) -> Import:
    """Say which column is which, remember it, and have all rows checked."""
    with transaction.atomic():
        row = _locked(one, user, State.MAPPING)
        lacking = fields.needed(row.kind, columns)
        if lacking:
            raise NotNow("；".join(lacking))
        if len(set(columns.values())) < len(columns):
            raise NotNow(_("同一列不能当作两样内容"))
        if any(row.header[at : at + 1] and fields.IDENTITY.search(row.header[at]) for at in columns.values()):
            raise NotNow(_("本系统不保存身份证号，这一列不能导入"))
        row.columns, row.state = dict(columns), State.CHECKING
        row.save(update_fields=["columns", "state"])
        ColumnMap.objects.update_or_create(
            user=user, kind=row.kind, head=_head(row), defaults={"columns": dict(columns)}
        )
        _next(STAGE, row, 0)
    return row


def stage(import_id: int) -> None:
    """Read the next slice of the file into chunks; after the last one let the first chunk be checked."""
    one = _working(import_id, State.CHECKING)
    if one is None:
        return
    try:
        done = _stage_slice(one)
    except BadWorkbook as bad:
        _fail(one, bad.message)
        return
    if not done:
        _next(STAGE, one, one.rows)
        return
    ImportPiece.objects.filter(of=one).delete()
    if not _go_on(CHECK, one):
        _fail(one, _("文件里没有数据"))


def _stage_slice(one: Import) -> bool:
    """True when the file is through. Blank lines count as lines, so that every row keeps its number; as blank counts
    what says nothing in any column that is read, such as a running number put down in advance.
    """
    most, room = (MOST_AREAS, MOST_AREAS) if one.kind == Import.Kind.AREAS else (MOST_ROWS, CHUNK)
    rows = enumerate(rows_of(_file(one), one.format, replace(LIST, rows=most), placing.place_of(one)), 1)
    position = ImportChunk.objects.filter(of=one).count()
    start, held = one.rows, list[tuple[int, list[str]]]()
    read = 0
    for number, cells in rows:
        if number <= one.head_line or not any(cells[at] for at in one.columns.values() if at < len(cells)):
            continue
        read += 1
        if read <= start:
            continue
        if len(held) >= room and (len(held) >= room + MOST_RESIDENTS or not _goes_on(one, held[-1][1], cells)):
            position = _put_chunk(one, position, held)
            held = []
            if one.rows - start >= SLICE:
                return False
        held.append((number, cells))
    if held:
        _put_chunk(one, position, held)
    return True


def _goes_on(one: Import, before: Sequence[str], cells: Sequence[str]) -> bool:
    """Whether a row is of the same household as the one before: who is who is told within one chunk."""
    at = [one.columns[name] for name in ("code", "area", "address") if name in one.columns]
    pair = [[row[n] if n < len(row) else "" for n in at] for row in (before, cells)]
    return one.kind == Import.Kind.RESIDENTS and pair[0] == pair[1]


def _put_chunk(one: Import, position: int, held: list[tuple[int, list[str]]]) -> int:
    content = json.dumps(held, ensure_ascii=False, separators=(",", ":"))
    ImportChunk.objects.create(of=one, position=position, count=len(held), content=content)
    one.rows += len(held)
    Import.objects.filter(pk=one.pk).update(rows=one.rows)
    return position + 1


def check(import_id: int, position: int) -> None:
    """Look at the rows of one chunk; after the last one the person decides."""
    one, chunk = _chunk(import_id, position, State.CHECKING)
    if one is None or chunk is None or chunk.is_checked:
        return
    cells = landing.cells_of(chunk)
    lines, problems, foresight = landing.check(one, cells)
    # what can be written is kept as it was understood, the rest as it was uploaded, to be put right
    content, wrong = kept(lines), faulty.kept(one, cells, problems)
    one = _still(chunk, State.CHECKING)
    if one is None:
        return
    chunk.content, chunk.faulty, chunk.is_checked = content, wrong, True
    chunk.save(update_fields=["content", "faulty", "is_checked"])
    _note(one, [*problems, *landing.warnings_of(lines)])
    one.checked += chunk.count
    one.bad += len(cells) - len(lines)
    one.foresight = foresight.plus(one.foresight)
    if not _go_on(CHECK, one):
        one.state = State.CHECKED
        if one.bad:
            outbox.enqueue(FORGET, {"import": one.pk}, key=f"{FORGET}:{one.pk}", at=clock.now() + KEEP_FAULTY)
    one.save(update_fields=["checked", "bad", "faults", "foresight", "state"])


def _chunk(import_id: int, position: int, state: str) -> tuple[Import | None, ImportChunk | None]:
    """The import while it is in `state`, and its chunk while that is there; nothing is locked."""
    one = Import.objects.filter(pk=import_id, state=state).select_related("user", "place").first()
    return one, ImportChunk.objects.filter(of=import_id, position=position).first()


def _still(chunk: ImportChunk, state: str) -> Import | None:
    """The import, locked, if nobody has stopped it or done the chunk meanwhile."""
    one = _working(chunk.of_id, state)
    is_open = ImportChunk.objects.filter(pk=chunk.pk, is_checked=chunk.is_checked).exists()
    return one if is_open else None


def _go_on(topic: str, one: Import) -> bool:
    """Have the next chunks taken, those that wait already left as they are; False when there are none."""
    rest = ImportChunk.objects.filter(of=one, **({"is_checked": False} if topic == CHECK else {}))
    following = {
        _key(topic, one, at): at for at in rest.order_by("position").values_list("position", flat=True)[:LANES]
    }
    # the key of a row that somebody is running must not be inserted again: it waits for them, and they for this import
    waiting = set(OutboxRow.objects.filter(key__in=following).values_list("key", flat=True))
    for key, position in following.items():
        if key not in waiting:
            _next(topic, one, position)
    return bool(following)


def _note(one: Import, problems: Sequence[Problem]) -> None:
    """Keep what is wrong: each kind of it counted, with the first cell, and as many cells by name as there is room."""
    rows = landing.rows_of(one, problems)
    room = MOST_PROBLEMS - ImportProblem.objects.filter(of=one).count()
    if room > 0:
        ImportProblem.objects.bulk_create(rows[:room])
    for row in rows:
        key = f"{row.column}|{re.sub(r'[0-9]+', '#', row.text)}"
        if key in one.faults:
            one.faults[key][3] += 1
        elif len(one.faults) < MOST_FAULTS:
            one.faults[key] = [row.column, row.text, row.cell, 1]


def start(one: Import, *, user: User, moves: bool = False) -> Import:
    """Write what is right; rows with problems have been left out and stay on the list.

    With `moves`, known households go into the grids in which the file places them.
    """
    with transaction.atomic():
        row = _locked(one, user, State.CHECKED)
        if refusal := refusal_of(row):
            raise NotNow(refusal)
        row.state, row.moves = State.RUNNING, moves and bool(row.foresight.get("moves"))
        row.save(update_fields=["state", "moves"])
        _go_on(LOAD, row)
        audit.record("import.started", row, actor=user, kind=row.kind, rows=row.rows, moves=row.moves)
    return row


def refusal_of(one: Import) -> str:
    """Why an import that has been checked cannot be started, in Chinese; empty when it can."""
    if one.bad >= one.rows:
        return _("没有一行可以导入，请改好表格再上传")
    if one.kind == Import.Kind.AREAS and one.bad:
        return _("区域要么全部导入要么不导入，请先改好有错的行")
    return ""


def load(import_id: int, position: int) -> None:
    """Write one chunk and forget it; after the last one the import is done. What may have changed is checked again."""
    one, chunk = _chunk(import_id, position, State.RUNNING)
    if one is None or chunk is None:
        return
    found = landing.ready(one, landing.lines_of(chunk))
    one = _still(chunk, State.RUNNING)
    if one is None:
        return
    try:
        with transaction.atomic():
            written = landing.write(one, found)
    except DomainError as refused:
        _fail(one, refused.message)
        return
    left = [*found.left, *written.left]
    _note(one, left)
    chunk.delete()
    one.written += chunk.count
    one.bad += len({problem.line.number for problem in left})
    one.added, one.changed = one.added + written.added, one.changed + written.changed
    one.unchanged, one.moved = one.unchanged + written.unchanged, one.moved + written.moved
    if not _go_on(LOAD, one):
        one.state, one.ended_at = State.DONE, clock.now()
        audit.record("import.done", one, actor=one.user, added=one.added, changed=one.changed, bad=one.bad)
    one.save()


def cancel(one: Import, *, user: User) -> Import:
    """Stop an import; what is written stays, the rest and the file are forgotten."""
    with transaction.atomic():
        row = Import.objects.select_for_update(of=("self",)).get(pk=one.pk)
        if row.user_id != user.pk:
            raise NotYours(_("只有上传的人可以取消"))
        if row.state not in GOING:
            raise NotNow(_("这次导入已经结束"))
        row.state, row.ended_at = State.CANCELLED, clock.now()
        row.save(update_fields=["state", "ended_at"])
        _forget(row)
        audit.record("import.cancelled", row, actor=user, written=row.written)
    return row


def _fail(one: Import, why: str) -> None:
    one.state, one.failure, one.ended_at = State.FAILED, why[:300], clock.now()
    one.save(update_fields=["state", "failure", "ended_at"])
    _forget(one)


def _forget(one: Import) -> None:
    ImportPiece.objects.filter(of=one).delete()
    ImportChunk.objects.filter(of=one).delete()


def _locked(one: Import, user: User, state: str) -> Import:
    row = Import.objects.select_for_update(of=("self",)).get(pk=one.pk)
    if row.user_id != user.pk:
        raise NotYours(_("只有上传的人可以继续"))
    if row.state != state:
        raise NotNow(_("这次导入现在是“%(state)s”") % {"state": row.get_state_display()})
    return row


def _working(import_id: int, state: str) -> Import | None:
    """The import, locked, while it is still in `state`."""
    rows = Import.objects.select_for_update(of=("self",)).filter(pk=import_id, state=state)
    return rows.select_related("user", "place").first()


def _next(topic: str, one: Import, position: int) -> None:
    payload = {"import": one.pk, "position": position}
    outbox.enqueue(topic, payload, key=_key(topic, one, position), queue=BULK)


def _key(topic: str, one: Import, position: int) -> str:
    return f"{topic}:{one.pk}:{position}"

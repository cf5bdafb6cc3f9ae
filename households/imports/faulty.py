"""The rows of an import that cannot be written, as they were uploaded, to be taken away and put right.

They lie encrypted in the import's chunks and go with them, after a day in any case. What looks like an identity number
is never among them.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import ExitStack
from tempfile import TemporaryFile

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from core.errors import NotNow
from core.files import workbooks
from core.files.cells import shown
from core.files.tables import Table
from core.files.workbooks import Head
from core.trust import audit
from households.imports.fields import IDENTITY, IDENTITY_NUMBER
from households.imports.reading import Problem
from households.models import Import, ImportChunk
from households.rules import MOST_EXPORTED
from members.models import User

CODES = ("code", "area", "parent_code")
PROBLEM = "问题"
"""The column that is added; one that a corrected file brings back is left out."""


def kept(one: Import, cells: Mapping[int, Sequence[str]], problems: Sequence[Problem]) -> str:
    """The rows with problems, with all their cells and what is wrong, for their chunk; "" for none."""
    said: dict[int, list[str]] = defaultdict(list)
    for problem in problems:
        said[problem.line.number].append(problem.text)
    unread = {at for at, head in enumerate(one.header) if IDENTITY.search(head)}
    codes = {one.columns[name] for name in CODES if name in one.columns}
    rows = [
        (number, [_shown(at, cell, unread, codes) for at, cell in enumerate(cells[number])], "；".join(texts))
        for number, texts in sorted(said.items())
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")) if rows else ""


def _is_identity(at: int, cell: str, unread: Set[int], codes: Set[int]) -> bool:
    """A code of a grid has as many digits as an old identity number."""
    return at in unread or (at not in codes and bool(IDENTITY_NUMBER.match(cell)))


def _shown(at: int, cell: str, unread: Set[int], codes: Set[int]) -> str:
    return "" if _is_identity(at, cell, unread, codes) else shown(cell)


def is_there(one: Import) -> bool:
    """Whether there are faulty rows to be taken away still."""
    return one.state == Import.State.CHECKED and _chunks(one.pk).exists()


def file_of(one: Import, *, user: User) -> Table:
    """The faulty rows under the heads of the upload, what is wrong beside each; on the trail."""
    if not is_there(one):
        raise NotNow(_("有错的行只留一天，导入或取消后即删去；请重新上传原表"))
    if one.bad > MOST_EXPORTED["xlsx"]:
        raise NotNow(_("有错的行太多（%(n)d 行），请改原表") % {"n": one.bad})
    width = max(len(one.header), 1)
    kept_at = [at for at in range(width) if at >= len(one.header) or one.header[at] != PROBLEM]
    heads = [Head(one.header[at] if at < len(one.header) else "", 16) for at in kept_at]
    with ExitStack() as failed:
        file = failed.enter_context(TemporaryFile())
        count = workbooks.write(file, _("有错的行"), [*heads, Head(PROBLEM, 60)], _rows(one, kept_at))
        file.seek(0)
        with transaction.atomic():
            audit.record("import.faulty_taken", one, actor=user, rows=count)
        failed.pop_all()  # whoever sends the file closes it
    return Table(file, count, "xlsx")


def _rows(one: Import, kept_at: Sequence[int]) -> Iterator[list[str]]:
    for chunk in _chunks(one.pk).order_by("position").iterator(chunk_size=1):
        for _number, cells, text in json.loads(chunk.faulty):
            yield [*(cells[at] if at < len(cells) else "" for at in kept_at), text]


def forget(import_id: int) -> None:
    """The day is over."""
    _chunks(import_id).update(faulty="")


def _chunks(import_id: int) -> QuerySet[ImportChunk]:
    return ImportChunk.objects.filter(of=import_id).annotate(length=Length("faulty")).filter(length__gt=0)

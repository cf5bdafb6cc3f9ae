"""An import on its way: the file in pieces, its rows in chunks, what is wrong with them, and what it did. Contents are
encrypted.

Pieces go when the rows are read, chunks as they are written; what nobody finishes is swept
(`households.file.retention`).
"""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.rows.scoping import ScopedQuerySet
from core.trust.privacy import EncryptedTextField
from grids.models import Area, Household
from members.models import User

if TYPE_CHECKING:
    from core.rows.scoping import ScopeLike


class Import(models.Model):
    class Kind(models.TextChoices):
        AREAS = "areas", _("区域")
        HOUSEHOLDS = "households", _("户")
        RESIDENTS = "residents", _("居民")

    class State(models.TextChoices):
        MAPPING = "mapping", _("待对列")
        CHECKING = "checking", _("正在检查")
        CHECKED = "checked", _("待确认")
        RUNNING = "running", _("正在导入")
        DONE = "done", _("已完成")
        CANCELLED = "cancelled", _("已取消")
        FAILED = "failed", _("不能导入")
        UNDOING = "undoing", _("正在撤回")
        UNDONE = "undone", _("已撤回")

    kind = models.CharField(_("内容"), max_length=10, choices=Kind.choices)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.MAPPING)
    place = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("范围"))
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("导入人"))
    created_at = models.DateTimeField(_("上传时间"))
    ended_at = models.DateTimeField(null=True, blank=True)
    format = models.CharField(max_length=4)
    size = models.PositiveIntegerField(_("字节"))
    sha256 = models.CharField(max_length=64)
    sheet = models.CharField(_("工作表"), max_length=100, blank=True)
    """Its name; empty in a file that has only one."""
    head_line = models.PositiveIntegerField(_("表头行"), default=1)
    head_depth = models.PositiveSmallIntegerField(_("表头行数"), default=1)
    takes_hidden = models.BooleanField(_("隐藏的行也读"), default=False)
    hidden_rows = models.PositiveIntegerField(_("隐藏的行"), default=0)
    """Rows that hold something and are hidden, by hand or by a filter."""
    header = models.JSONField(default=list)
    columns = models.JSONField(default=dict)
    """Field → number of the column in the file (from 0)."""
    rows = models.PositiveIntegerField(_("行数"), default=0)
    checked = models.PositiveIntegerField(default=0)
    written = models.PositiveIntegerField(_("已处理行"), default=0)
    added = models.PositiveIntegerField(_("新增"), default=0)
    changed = models.PositiveIntegerField(_("更新"), default=0)
    unchanged = models.PositiveIntegerField(_("未变"), default=0)
    bad = models.PositiveIntegerField(_("有错"), default=0)
    failure = models.CharField(max_length=300, blank=True)
    foresight = models.JSONField(default=dict)
    """What writing the rows that were checked would do (`households.imports.reading.Foresight`)."""
    faults = models.JSONField(default=dict)
    """Problems by kind: [column, text, cell of the first, how many]."""
    moves = models.BooleanField(_("户随表划转"), default=False)
    """Whether households go into the grids in which the file places them."""
    moved = models.PositiveIntegerField(_("划转"), default=0)
    undone = models.JSONField(default=dict)
    """What taking it back did: how many rows of which `ImportChange.Outcome`."""

    objects = ScopedQuerySet["Import"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("导入")
        indexes = [models.Index(fields=["user", "-id"], name="import_user")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @classmethod
    def scope_q(cls, scope: "ScopeLike") -> Q:
        """One's own."""
        return Q(user=scope.user_id)


class ImportPiece(models.Model):
    """A part of the uploaded file, in order."""

    of = models.ForeignKey(Import, models.CASCADE, related_name="pieces")
    position = models.PositiveIntegerField()
    content = EncryptedTextField()

    class Meta:
        verbose_name = verbose_name_plural = _("导入文件")
        constraints = [models.UniqueConstraint(fields=["of", "position"], name="import_piece_once")]

    def __str__(self) -> str:
        return f"{self.of_id}/{self.position}"


class ImportChunk(models.Model):
    """Some rows: JSON of [number of the line, its cells], and once they are checked of [number, {field: value}]."""

    of = models.ForeignKey(Import, models.CASCADE, related_name="chunks")
    position = models.PositiveIntegerField()
    count = models.PositiveIntegerField()
    content = EncryptedTextField()
    is_checked = models.BooleanField(default=False)
    faulty = EncryptedTextField(default="", blank=True)
    """JSON of [number, all its cells, what is wrong] of the rows that cannot be written, to be taken away."""

    class Meta:
        verbose_name = verbose_name_plural = _("导入的行")
        constraints = [models.UniqueConstraint(fields=["of", "position"], name="import_chunk_once")]

    def __str__(self) -> str:
        return f"{self.of_id}/{self.position}"


class ImportProblem(models.Model):
    """What is wrong with one cell; says what is wrong, never what is in it."""

    of = models.ForeignKey(Import, models.CASCADE, related_name="problems")
    line = models.PositiveIntegerField(_("行"))
    cell = models.CharField(_("单元格"), max_length=16)
    column = models.CharField(_("列"), max_length=60)
    text = models.CharField(_("问题"), max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = _("导入问题")
        indexes = [models.Index(fields=["of", "line", "id"], name="import_problem_line")]

    def __str__(self) -> str:
        return f"{self.cell}: {self.text}"


class ImportChange(models.Model):
    """What an import changed of one household or resident, and what stood there before: the trail of its values.

    `before` is JSON of columns and what they held, [from, to] for `area`; empty for a resident who was added.
    """

    class Outcome(models.TextChoices):
        RESTORED = "restored", _("已改回")
        REMOVED = "removed", _("已删去")
        RETIRED = "retired", _("已注销")
        LEFT = "left", _("之后有人改过，未动")

    of = models.ForeignKey(Import, models.CASCADE, related_name="changes")
    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    resident = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=0)
    """Of the household afterwards; 0 where its columns did not change."""
    mark = models.CharField(max_length=64, blank=True)
    """Digest of the resident afterwards."""
    before = EncryptedTextField(blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    """What became of it when the import was taken back."""

    class Meta:
        verbose_name = verbose_name_plural = _("导入的改动")
        indexes = [models.Index(fields=["of", "outcome", "id"], name="import_change_open")]

    def __str__(self) -> str:
        return f"{self.of_id}/{self.household_id}"


class ImportAdded(models.Model):
    """Codes of the households that one chunk of an import registered."""

    of = models.ForeignKey(Import, models.CASCADE, related_name="additions")
    codes = models.JSONField()
    is_undone = models.BooleanField(default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("导入新增的户")

    def __str__(self) -> str:
        return f"{self.of_id}: {len(self.codes)}"


class ColumnMap(models.Model):
    """Which column was which the last time a file with this head was imported by this person."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10)
    head = models.CharField(max_length=64)
    """SHA-256 of the head line."""
    columns = models.JSONField(default=dict)

    class Meta:
        verbose_name = verbose_name_plural = _("列的对应")
        constraints = [models.UniqueConstraint(fields=["user", "kind", "head"], name="column_map_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"

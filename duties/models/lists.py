"""Whose duty: versioned responsibility lists (责任清单).

Three lists of a county (职责三清单) share one machinery of versions: grid items (`DutyItem`), township duties and
village self-governance (`DutyLine`). A version is written as a draft only, by `duties.drafting.editing`;
`duties.approving.actions` moves it on. Limits are kept as their notation ("30m", "4wh", "3wd", "24h", "7d"; see
core.days.calendar.Limit). Triggers refuse any write to the rows of a version that is no draft (duties.sql).
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.days.calendar import Limit
from grids.models import Area
from members.models import Department, User


class ListKind(models.TextChoices):
    """The three duty lists (职责三清单), in the order of their pages; the supply-demand lists are another thing."""

    TOWNSHIP_DUTIES = "township_duties", _("乡镇职责清单")
    SELF_GOVERNANCE = "self_governance", _("村社自治清单")
    GRID_ITEMS = "grid_items", _("网格事项清单")


class VersionState(models.TextChoices):
    """Whether a published version waits, is in force or is archived follows from its day (`queries.standing`)."""

    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("送审中")
    APPROVED = "approved", _("已审定")
    PUBLISHED = "published", _("已发布")


class Part(models.TextChoices):
    """The parts of the two lists of lines; what each is and needs stands in `duties.shapes.parts`."""

    BASIC = "basic", _("基本履职")
    ASSIST = "assist", _("配合履职")
    RETURNED = "returned", _("上收县级")
    AUTONOMY = "autonomy", _("自治事项")
    HELP = "help", _("协助事项")
    REMOVED = "removed", _("清退事项")


class FirstLevel(models.TextChoices):
    GRID = "grid", _("网格")
    VILLAGE = "village", _("村社")
    TOWN = "town", _("乡镇")
    COUNTY = "county", _("县级部门")


class GradeCode(models.TextChoices):
    URGENT = "urgent", _("紧急")
    IMPORTANT = "important", _("重要")
    GENERAL = "general", _("一般")
    COMPLEX = "complex", _("疑难")


class DutyList(models.Model):
    """A list of a county that exists in versions."""

    county = models.ForeignKey(Area, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=ListKind.choices)
    name = models.CharField(_("名称"), max_length=60)

    class Meta:
        verbose_name = verbose_name_plural = _("责任清单")
        constraints = [models.UniqueConstraint(fields=["county", "kind"], name="duty_list_once")]

    def __str__(self) -> str:
        return self.name


class ListVersion(models.Model):
    duty_list = models.ForeignKey(DutyList, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("版次"))
    state = models.CharField(max_length=10, choices=VersionState.choices, default=VersionState.DRAFT)
    base = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    starts_on = models.DateField(_("施行日"), null=True, blank=True)
    rules = models.JSONField(_("办理规则"), default=dict)
    note = models.CharField(_("修订说明"), max_length=500, blank=True)
    revision = models.PositiveIntegerField(default=0)
    round = models.PositiveSmallIntegerField(_("第几次送审"), default=0)
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    published_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("清单版本")
        constraints = [
            models.UniqueConstraint(fields=["duty_list", "number"], name="version_number_once"),
            models.UniqueConstraint(fields=["duty_list"], condition=~Q(state="published"), name="one_open_version"),
            models.CheckConstraint(
                name="published_version_is_dated",
                condition=~Q(state="published") | Q(published_at__isnull=False, starts_on__isnull=False),
            ),
            models.CheckConstraint(
                name="submitted_version_has_a_round",
                condition=Q(state__in=["draft", "published"]) | Q(round__gt=0, submitted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(_("第 %(n)d 版")) % {"n": self.number}

    @property
    def is_draft(self) -> bool:
        return self.state == VersionState.DRAFT

    @property
    def is_open(self) -> bool:
        """Not published yet, whoever's turn it is."""
        return self.state != VersionState.PUBLISHED


class Category(models.Model):
    version = models.ForeignKey(ListVersion, models.CASCADE, related_name="categories")
    code = models.CharField(_("代码"), max_length=4)
    name = models.CharField(_("名称"), max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = _("事项类别")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="category_code_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Grade(models.Model):
    """分级: the default limits of a grade within one version."""

    version = models.ForeignKey(ListVersion, models.CASCADE, related_name="grades")
    code = models.CharField(max_length=12, choices=GradeCode.choices)
    name = models.CharField(_("名称"), max_length=20)
    accept = models.CharField(_("受理、领办时限"), max_length=8)
    respond = models.CharField(_("首次响应时限"), max_length=8)
    resolve = models.CharField(_("办结时限"), max_length=8)
    extend_max = models.CharField(_("最长延期"), max_length=8)
    night_duty = models.BooleanField(_("夜间值守"), default=False)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("分级")
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="grade_code_once")]

    def __str__(self) -> str:
        return self.name


class DutyItem(models.Model):
    """One line of a list version: what, whose duty, by when, and when it counts as done."""

    version = models.ForeignKey(ListVersion, models.CASCADE, related_name="items")
    code = models.CharField(_("编号"), max_length=8)
    name = models.CharField(_("事项"), max_length=60)
    category = models.ForeignKey(Category, models.PROTECT, related_name="items", verbose_name=_("类别"))
    aliases = models.JSONField(_("群众叫法"), default=list, blank=True)
    lead = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("牵头部门"))
    assisting = models.ManyToManyField(Department, blank=True, related_name="+", verbose_name=_("配合部门"))
    enforcement_body = models.CharField(_("执法主体"), max_length=60, blank=True, help_text=_("不涉及处罚的留空"))
    grade = models.ForeignKey(Grade, models.PROTECT, related_name="items", verbose_name=_("级别"))
    first_level = models.CharField(_("首办层级"), max_length=8, choices=FirstLevel.choices)
    respond = models.CharField(_("首次响应时限"), max_length=8, blank=True, help_text=_("空:按级别"))
    resolve = models.CharField(_("办结时限"), max_length=8, blank=True, help_text=_("空:按级别"))
    closing_standard = models.CharField(_("结案标准"), max_length=200)
    basis = models.CharField(_("依据与办理口径"), max_length=500, blank=True)
    needs_photo = models.BooleanField(_("办结须附照片"), default=False)
    is_sensitive = models.BooleanField(_("涉敏感信息"), default=False)
    icon = models.CharField(_("图标"), max_length=16, blank=True)
    is_common = models.BooleanField(_("网格员常用"), default=False, help_text=_("手机填报页的图块"))
    is_resident_tile = models.BooleanField(_("群众点单页图块"), default=False)
    initials = models.CharField(max_length=300, blank=True)
    digest = models.CharField(max_length=32, default="")
    revision = models.PositiveIntegerField(default=0)
    changed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("责任事项")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="item_code_once"),
            models.CheckConstraint(
                name="sensitive_item_is_no_resident_tile",
                condition=Q(is_sensitive=False) | Q(is_resident_tile=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def respond_limit(self) -> Limit:
        return Limit.parse(self.respond or self.grade.respond)

    @property
    def resolve_limit(self) -> Limit:
        return Limit.parse(self.resolve or self.grade.resolve)


class DutyLine(models.Model):
    """One line of the township duties or of village self-governance."""

    version = models.ForeignKey(ListVersion, models.CASCADE, related_name="lines")
    code = models.CharField(_("编号"), max_length=8)
    part = models.CharField(_("部分"), max_length=8, choices=Part.choices)
    group = models.CharField(_("类别"), max_length=20, blank=True)
    name = models.CharField(_("事项"), max_length=60)
    lead = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("县级部门")
    )
    share = models.CharField(_("乡镇配合什么"), max_length=100, blank=True)
    basis = models.CharField(_("依据与口径"), max_length=500, blank=True)
    closes_at_village = models.BooleanField(_("小事，可在村社办结"), default=False)
    borne_before = models.BooleanField(_("梳理前由本级承担"), default=False)
    initials = models.CharField(max_length=300, blank=True)
    digest = models.CharField(max_length=32, default="")
    revision = models.PositiveIntegerField(default=0)
    changed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("职责条目")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="line_code_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Outcome(models.TextChoices):
    OPEN = "", _("待审核")
    AGREED = "agreed", _("同意")
    RETURNED = "returned", _("退回")


class Approval(models.Model):
    """联审: what one department said to one submission of a version; asked when it is submitted, said once."""

    version = models.ForeignKey(ListVersion, models.CASCADE, related_name="approvals")
    round = models.PositiveSmallIntegerField()
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("审核部门"))
    outcome = models.CharField(_("意见"), max_length=8, choices=Outcome.choices, blank=True, default=Outcome.OPEN)
    note = models.CharField(_("说明"), max_length=500, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("清单审核")
        ordering = ["round", "id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "round", "department"], name="approval_once"),
            models.UniqueConstraint(
                fields=["version", "round", "decided_by"],
                condition=Q(decided_by__isnull=False),
                name="approval_person_once",
            ),
            models.CheckConstraint(
                name="approval_decided_whole",
                condition=Q(outcome="", decided_by__isnull=True, decided_at__isnull=True)
                | Q(outcome__in=["agreed", "returned"], decided_by__isnull=False, decided_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["department"], condition=Q(outcome=""), name="approval_open")]

    def __str__(self) -> str:
        return f"{self.department} {self.get_outcome_display()}"


class DraftEdit(models.Model):
    """One write to a draft: which lines, what each said before and after (duties.shapes.line_diff). Undo and merging
    need it.
    """

    version = models.ForeignKey(ListVersion, models.CASCADE, related_name="edits")
    revision = models.PositiveIntegerField()
    verb = models.CharField(max_length=12)
    changes = models.JSONField(default=dict)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone = models.BooleanField(default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("草稿改动")
        constraints = [models.UniqueConstraint(fields=["version", "revision"], name="draft_edit_once")]

    def __str__(self) -> str:
        return f"{self.version_id} r{self.revision} {self.verb}"


class SheetProposal(models.Model):
    """What an uploaded table would change in a draft, waiting for its uploader to apply it."""

    version = models.ForeignKey(ListVersion, models.CASCADE, related_name="proposals")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    file_name = models.CharField(max_length=100)
    changes = models.JSONField(default=dict)

    class Meta:
        verbose_name = verbose_name_plural = _("表格导入")
        constraints = [models.UniqueConstraint(fields=["version", "by"], name="proposal_once")]

    def __str__(self) -> str:
        return self.file_name


class DispatchRule(models.Model):
    """派单规则: what a consultation decided about an item, kept for the next time. Written by
    `duties.routing.dispatching`.
    """

    township = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("乡镇"))
    item_code = models.CharField(_("事项"), max_length=8)
    lead = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("牵头部门"))
    assisting = models.ManyToManyField(Department, blank=True, related_name="+", verbose_name=_("配合部门"))
    source = models.CharField(_("来自工单"), max_length=20)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_because = models.CharField(_("废止原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("派单规则")
        constraints = [
            models.UniqueConstraint(
                fields=["township", "item_code"],
                condition=Q(revoked_at__isnull=True),
                name="dispatch_rule_one_in_force",
            )
        ]

    def __str__(self) -> str:
        return f"{self.item_code} → {self.lead}"

"""What every special ledger keeps of a matter: number, place, state, history, photos. Each kind adds a row of its own.

Written by `ledgers.engine.actions` (steps) and the module that opens each kind.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.files.stored import keeps
from core.process.steps import StateInfo
from core.process.transitions import StepEvent
from core.trust.freetext import EncryptedFreeTextField, FreeTextField
from grids.models import Area
from ledgers.workflow import ENDED_STATES, OPEN_STATES, STATES, Kind
from members.models import User

KINDS = [
    (Kind.RECTIFICATION.value, _("问题台账")),
    (Kind.PROJECT.value, _("民生实事")),
    (Kind.CAMPAIGN.value, _("专项行动")),
]


class Matter(models.Model):
    """One entry of a special ledger, in a place of any level; `office` is the county or township that keeps it."""

    kind = models.CharField(max_length=16, choices=KINDS)
    number = models.CharField(_("编号"), max_length=24, unique=True)
    title = FreeTextField(_("名称"), max_length=60)
    office = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("立账单位"))
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("所在"))
    grid = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    village = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    township = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    county = models.ForeignKey(Area, models.PROTECT, related_name="+")
    state = models.CharField(_("状态"), max_length=12, choices=[(str(s), i.label) for s, i in STATES.items()])
    version = models.PositiveIntegerField(default=1)
    moved_version = models.PositiveIntegerField(default=1)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("立账人"))
    opened_at = models.DateTimeField(_("立账时间"))
    last_event_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("台账事项")
        constraints = [
            models.CheckConstraint(
                name="matter_ended_iff_over",
                condition=Q(state__in=sorted(ENDED_STATES), ended_at__isnull=False)
                | Q(state__in=sorted(OPEN_STATES), ended_at__isnull=True),
            ),
            models.CheckConstraint(name="matter_version_order", condition=Q(version__gte=models.F("moved_version"))),
        ]
        indexes = [
            # a ledger of a place, newest first
            models.Index(fields=["kind", "village", "-opened_at", "-id"], name="matter_village"),
            models.Index(fields=["kind", "township", "-opened_at", "-id"], name="matter_township"),
            models.Index(fields=["kind", "county", "-opened_at", "-id"], name="matter_county"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def info(self) -> StateInfo:
        return STATES[self.state]

    @property
    def is_open(self) -> bool:
        return self.info.is_open


class MatterEvent(StepEvent):
    """One step of a matter."""

    matter = models.ForeignKey(Matter, models.CASCADE, related_name="events")
    actor = models.ForeignKey(User, models.PROTECT, related_name="+")
    note = EncryptedFreeTextField(blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("台账经过")
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["matter", "version"], name="matter_event_once")]


@keeps
class MatterPhoto(models.Model):
    """A re-encoded picture that proves a step, served only to those who may see the matter."""

    event = models.ForeignKey(MatterEvent, models.CASCADE, related_name="photos")
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=120)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = _("佐证照片")

    def __str__(self) -> str:
        return self.sha256[:12]


class Series(models.Model):
    """The last serial an office gave to a kind in a year; locked while one is numbered."""

    office = models.ForeignKey(Area, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=KINDS)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("台账编号序列")
        constraints = [models.UniqueConstraint(fields=["office", "kind", "year"], name="matter_series_once")]

    def __str__(self) -> str:
        return f"{self.office_id} {self.kind} {self.year}"

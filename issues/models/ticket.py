"""The record that flows, the resident behind it, and the series of its numbers."""

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.rows.scoping import ScopedQuerySet, ScopeLike
from core.trust.freetext import FreeTextField
from core.trust.privacy import EncryptedTextField
from duties.models import DutyItem, ListVersion
from grids.models import Area, Household, PathModel
from issues.workflow import (
    CLOCK_LABELS,
    CONVENERS,
    ENDED_STATES,
    OPEN_STATES,
    SATISFACTION,
    SOLVED,
    STARS,
    STATES,
    WHISTLES,
    ClockKind,
    State,
    pairs,
)
from members.models import Department, User

# By the constraint `ticket_closed_iff_ended` the same as "in an open state". Said this way because SQLite does not see
# that `state IN (?, …)` implies the condition of a partial index: lists of open tickets would read all tickets.
OPEN = Q(closed_at__isnull=True)


class Source(models.TextChoices):
    ORDER = "order", _("居民点单")
    WORKER = "worker", _("网格上报")
    COUNTER = "counter", _("代录")


class Route(models.TextChoices):
    UNDECIDED = "", _("未定")
    SELF = "self", _("网格自办")
    WHISTLE = "whistle", _("吹哨")


class TicketQuerySet(ScopedQuerySet["Ticket"]):
    pass


class Ticket(PathModel):
    """工单: the record that flows. The path keys are those it was filed under."""

    # What it is called, what it says, who said it and of where (with the keys of its path)
    number = models.CharField(_("编号"), max_length=20, unique=True)
    code = models.CharField(_("查询码"), max_length=8, unique=True)
    source = models.CharField(_("来源"), max_length=8, choices=Source.choices)
    title = FreeTextField(_("标题"), max_length=60)
    description = FreeTextField(_("说明"), max_length=2000, blank=True)
    place = FreeTextField(_("具体位置"), max_length=120, blank=True)
    household = models.ForeignKey(Household, models.PROTECT, null=True, blank=True, related_name="tickets")
    placed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    # Whose duty it is, by which list, and what that list asks
    item = models.ForeignKey(DutyItem, models.PROTECT, null=True, blank=True, related_name="tickets")
    item_code = models.CharField(max_length=8, blank=True)
    list_version = models.ForeignKey(ListVersion, models.PROTECT, related_name="+")
    grade = models.CharField(_("级别"), max_length=12)
    decision = models.JSONField(_("派单依据"), default=dict, blank=True)
    limits = models.JSONField(_("各环节时限"), default=dict)
    needs_photo = models.BooleanField(default=False)
    is_sensitive = models.BooleanField(default=False)

    # How far it is, and in whose hands; `version` counts its events, `moved_version` is the last that overtakes pages
    state = models.CharField(_("状态"), max_length=16, choices=[(s.value, i.label) for s, i in STATES.items()])
    version = models.PositiveIntegerField(default=1)
    moved_version = models.PositiveIntegerField(default=1)
    raised = models.CharField(max_length=8, blank=True)  # "village": the grid left it unanswered; "back": given back
    recall_until = models.DateTimeField(null=True, blank=True)  # what the engine passed on may be taken back until
    round = models.PositiveSmallIntegerField(_("轮次"), default=1)
    route = models.CharField(_("去向"), max_length=8, choices=Route.choices, blank=True, default=Route.UNDECIDED)
    lead = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("牵头部门")
    )
    holder = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("承办人"))
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    handled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reported_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    verified_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    # When each stage was reached; of all limits that count the one that ends first; when the present state's ends
    placed_at = models.DateTimeField(_("点单时间"))
    accepted_at = models.DateTimeField(null=True, blank=True)
    whistled_at = models.DateTimeField(null=True, blank=True)
    dispatched_at = models.DateTimeField(null=True, blank=True)
    return_until = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    last_event_at = models.DateTimeField()
    clock_kind = models.CharField(max_length=8, choices=pairs(CLOCK_LABELS), blank=True)
    clock_started_at = models.DateTimeField()
    warn_at = models.DateTimeField()
    due_at = models.DateTimeField(_("期限"))
    move_by = models.DateTimeField()

    # How it was whistled, and what was asked, ordered and judged about it on the way
    whistle_type = models.CharField(_("哨"), max_length=2, blank=True, choices=pairs(WHISTLES))
    is_complete = models.BooleanField(default=True)
    is_designated = models.BooleanField(default=False)
    convener = models.CharField(max_length=8, blank=True, choices=pairs(CONVENERS))
    extension = models.CharField(max_length=9, blank=True)
    suspension = models.CharField(max_length=8, blank=True)
    reminded_on = models.DateField(null=True, blank=True)
    sheets = models.PositiveSmallIntegerField(default=0)
    exclusion = models.CharField(max_length=8, blank=True)
    excluders = models.CharField(max_length=60, blank=True)  # ",12,31,": found by LIKE on both engines
    is_rated = models.BooleanField(default=False)
    arrived_on_time = models.BooleanField(null=True)
    stars = models.PositiveSmallIntegerField(null=True, blank=True, choices=pairs(STARS))
    reviews = models.PositiveSmallIntegerField(default=0)
    found_true = models.BooleanField(null=True)  # what second looks found; false once is false

    # Its family
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children_set")
    children = models.PositiveSmallIntegerField(default=0)

    # What the steps have counted and noted, and how it came out
    returns = models.PositiveSmallIntegerField(default=0)
    unreachable_calls = models.PositiveSmallIntegerField(default=0)
    call_parts = models.CharField(max_length=60, blank=True)  # ",morning,evening,"
    hands = models.CharField(max_length=200, blank=True)  # ",12,31,": who has handled it in this round
    checked_before = models.CharField(max_length=200, blank=True)  # ",12,31,"
    claimed_on_time = models.BooleanField(null=True)
    done_on_time = models.BooleanField(null=True)
    late_by = models.CharField(max_length=200, blank=True)  # ",village,12,h14,": who was late, kept for good
    done_minutes = models.PositiveIntegerField(_("办结用时（工作分钟）"), null=True, blank=True)
    satisfaction = models.PositiveSmallIntegerField(null=True, blank=True, choices=pairs(SATISFACTION))
    solved = models.CharField(max_length=8, blank=True, choices=pairs(SOLVED))

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("工单")
        constraints = [
            models.CheckConstraint(
                name="ticket_closed_iff_ended",
                condition=Q(state__in=sorted(s.value for s in ENDED_STATES), closed_at__isnull=False)
                | Q(state__in=sorted(s.value for s in OPEN_STATES), closed_at__isnull=True),
                violation_error_message=_("已结束的工单须有结束时间，在办的不能有"),
            ),
            models.CheckConstraint(
                name="ticket_satisfaction_scale",
                condition=Q(satisfaction__isnull=True) | Q(satisfaction__range=(1, 4)),
                violation_error_message=_("满意程度只有四档"),
            ),
            models.CheckConstraint(
                name="ticket_merged_iff_into",
                condition=Q(state=State.MERGED.value, merged_into__isnull=False)
                | (~Q(state=State.MERGED.value) & Q(merged_into__isnull=True)),
                violation_error_message=_("已并入的工单须写明并入哪一件，其他工单不能有"),
            ),
            models.CheckConstraint(
                name="ticket_version_order",
                condition=Q(version__gte=models.F("moved_version")),
                violation_error_message=_("工单的移动版本不能在版本之后"),
            ),
        ]
        indexes = [
            # queue, phone home, board: open tickets of a place, department or person, most urgent first
            models.Index(fields=["county", "due_at", "id"], condition=OPEN, name="ticket_open_county"),
            models.Index(fields=["township", "due_at", "id"], condition=OPEN, name="ticket_open_township"),
            models.Index(fields=["village", "due_at", "id"], condition=OPEN, name="ticket_open_village"),
            models.Index(fields=["grid", "due_at", "id"], condition=OPEN, name="ticket_open_grid"),
            models.Index(fields=["area", "due_at", "id"], condition=OPEN, name="ticket_open_area"),
            models.Index(fields=["lead", "due_at", "id"], condition=OPEN, name="ticket_open_lead"),
            models.Index(fields=["holder", "due_at", "id"], condition=OPEN, name="ticket_open_holder"),
            # lists over a period, newest first
            models.Index(fields=["county", "-placed_at", "-id"], name="ticket_county_placed"),
            models.Index(fields=["township", "-placed_at", "-id"], name="ticket_township_placed"),
            models.Index(fields=["village", "-placed_at", "-id"], name="ticket_village_placed"),
            models.Index(fields=["grid", "-placed_at", "-id"], name="ticket_grid_placed"),
            models.Index(fields=["lead", "-placed_at", "-id"], name="ticket_lead_placed"),
            # few among many that have ended: their lists and counts must not read the whole history
            models.Index(fields=["item_code", "township", "-placed_at", "-id"], name="ticket_item_placed"),
            models.Index(
                fields=["township", "-placed_at", "-id"], condition=Q(returns__gt=0), name="ticket_returned_placed"
            ),
            # the same for departments, whose tickets are those they lead and those they are called to
            models.Index(fields=["-placed_at", "-id"], name="ticket_placed"),
            # same matter: open tickets of an item in a grid (suggestions, the seven days of a whistle)
            # the item first: a list of a grid's open tickets must not take this one for its own
            models.Index(fields=["item_code", "grid", "-placed_at"], condition=OPEN, name="ticket_same_matter"),
            # what the engine looks for: orders that nobody answers
            models.Index(
                fields=["move_by"], condition=Q(state=State.PLACED.value, raised=""), name="ticket_unanswered"
            ),
            # what is still asked once a ticket has ended: ratings of the last weeks, reviews
            models.Index(fields=["closed_at"], condition=Q(closed_at__isnull=False), name="ticket_ended"),
            models.Index(fields=["id"], condition=Q(exclusion__in=["asked", "first"]), name="ticket_review"),
            models.Index(fields=["id"], condition=Q(reviews__gt=0), name="ticket_looked_at"),
            models.Index(fields=["parent"], condition=Q(parent__isnull=False), name="ticket_children"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="ticket_merged"),
        ]

    def __str__(self) -> str:
        return self.number

    @classmethod
    def scope_q(cls, scope: ScopeLike) -> Q:
        """Tickets filed under the viewer's areas, called to or put before the viewer's departments."""
        seen = scope.seeing("tickets")
        q = seen.path_q()
        if seen.departments:
            call, party = apps.get_model("issues", "Call"), apps.get_model("issues", "Party")  # they hang on a ticket
            called = call.objects.filter(department__in=seen.departments, ended_at=None)
            asked = party.objects.filter(department__in=seen.departments, consultation__decided_at=None)
            q |= Q(lead__in=seen.departments)
            q |= Q(pk__in=called.values("ticket_id")) | Q(pk__in=asked.values("consultation__ticket_id"))
        return q

    @property
    def is_open(self) -> bool:
        return State(self.state) in OPEN_STATES

    @property
    def move_kind(self) -> ClockKind | None:
        """Which limit the present state answers to; it ends at `move_by`."""
        return STATES[State(self.state)].governed_by

    @property
    def public_title(self) -> str:
        """What lists call it: a sensitive ticket goes by the words of the duty list, never by the resident's."""
        if not self.is_sensitive:
            return self.title
        return self.item.name if self.item else _now("涉敏感信息的工单")


class Reporter(models.Model):
    """The resident who placed an order, as far as given. Masked by default; every reveal is audited."""

    ticket = models.OneToOneField(Ticket, models.CASCADE, related_name="reporter")
    name = EncryptedTextField(_("称呼"), blank=True)
    name_index = models.CharField(max_length=64, blank=True, db_index=True)
    phone = EncryptedTextField(_("电话"), blank=True)
    phone_index = models.CharField(max_length=64, blank=True, db_index=True)
    forgotten_at = models.DateTimeField(null=True, blank=True)  # the rest is empty since; a phone had been left

    class Meta:
        verbose_name = verbose_name_plural = _("点单人")

    def __str__(self) -> str:
        return f"{self.ticket_id}"


class NumberSeries(models.Model):
    """The last serial given to a township: of tickets on a day, of sheets in a year; locked while one is numbered."""

    class Kind(models.TextChoices):
        TICKET = "ticket", _("工单")
        SHEET = "sheet", _("督办单")

    township = models.ForeignKey(Area, models.PROTECT, related_name="+")
    day = models.DateField()
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.TICKET)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("编号序列")
        constraints = [models.UniqueConstraint(fields=["township", "day", "kind"], name="series_once")]

    def __str__(self) -> str:
        return f"{self.township_id} {self.day}"

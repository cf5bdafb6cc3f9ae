"""Read models that follow the ticket log. Written by `insights.counting.tally` only; rebuildable at any time."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from grids.models import Area
from insights.counting.metrics import METRICS


class Watermark(models.Model):
    """How far into the event log the tallies have counted."""

    name = models.CharField(max_length=24, primary_key=True)
    event_id = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("计数进度")

    def __str__(self) -> str:
        return f"{self.name} {self.event_id}"


class Facet(models.TextChoices):
    """By what a day's tickets of an area are counted."""

    WHOLE = "", _("全部")
    ITEM = "item", _("事项")
    LEAD = "lead", _("牵头部门")


class DailyTally(models.Model):
    """Counts of the tickets placed on a day in an area of any level: all of them, of one list item, of one department.

    A ticket is counted once in each facet, never in a row for every pair of item and department: a board that wants
    the whole of a day reads one row.
    """

    day = models.DateField()
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    facet = models.CharField(max_length=4, choices=Facet.choices, blank=True)
    value = models.CharField(max_length=20, blank=True)
    """The code of the item, empty while undecided; the key of the lead department."""

    class Meta:
        verbose_name = verbose_name_plural = _("日计数")
        constraints = [models.UniqueConstraint(fields=["area", "facet", "day", "value"], name="tally_of_facet_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.area_id} {self.facet} {self.value}"


for _metric in METRICS:
    DailyTally.add_to_class(_metric.name, models.IntegerField(_metric.name, default=0))


class SpeedTally(models.Model):
    """How many of the tickets placed on a day were done within a bucket of working minutes."""

    day = models.DateField()
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    bucket = models.PositiveSmallIntegerField()
    tickets = models.IntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("用时计数")
        constraints = [models.UniqueConstraint(fields=["area", "day", "bucket"], name="speed_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.area_id} {self.bucket}"


class StepTally(models.Model):
    """Of the tickets placed on a day: how many stayed in each step of the workflow for how long.

    `counts` maps step to bucket (`insights.counting.steps.BOUNDS`) to number; one row for an area and day, so that a
    board reads days, not tickets.
    """

    day = models.DateField()
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    counts = models.JSONField(default=dict)

    class Meta:
        verbose_name = verbose_name_plural = _("环节用时计数")
        constraints = [models.UniqueConstraint(fields=["area", "day"], name="step_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.area_id}"

"""Read models that follow the ticket log. Written by `insights.tally` only; rebuildable at any time."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from grids.models import Area
from insights.metrics import METRICS


class Watermark(models.Model):
    """How far into the event log the tallies have counted."""

    name = models.CharField(max_length=24, primary_key=True)
    event_id = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("计数进度")

    def __str__(self) -> str:
        return f"{self.name} {self.event_id}"


class DailyTally(models.Model):
    """Counts of the tickets placed on a day, per area of each level, list item and lead department."""

    day = models.DateField()
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    item_code = models.CharField(max_length=8, blank=True)
    lead_id = models.PositiveBigIntegerField(default=0)  # 0: no department; a key must not be null

    class Meta:
        verbose_name = verbose_name_plural = _("日计数")
        constraints = [models.UniqueConstraint(fields=["area", "day", "item_code", "lead_id"], name="tally_once")]
        indexes = [
            # the areas below one another on one page: all rows of some days
            models.Index(fields=["day", "area"], name="tally_day_area"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.area_id} {self.item_code}"


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

    `counts` maps step to bucket (`insights.steps.BOUNDS`) to number; one row for an area and day, so that a board
    reads days, not tickets.
    """

    day = models.DateField()
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    counts = models.JSONField(default=dict)

    class Meta:
        verbose_name = verbose_name_plural = _("环节用时计数")
        constraints = [models.UniqueConstraint(fields=["area", "day"], name="step_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.area_id}"

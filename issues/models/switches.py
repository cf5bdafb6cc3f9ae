"""What a county lets the engine do by itself, item by item."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.trust.freetext import FreeTextField
from grids.models import Area
from issues.workflow import AUTOMATICS, pairs
from members.models import User


class EngineSwitch(models.Model):
    """系统代办开关: whether the engine takes one of its steps for an item of a county; without a row it does.

    Rows are written by `issues.tending.switches` only; an empty item stands for tickets that have none yet.
    """

    county = models.ForeignKey(Area, models.PROTECT, related_name="+")
    step = models.CharField(max_length=8, choices=pairs(AUTOMATICS))
    item_code = models.CharField(max_length=8, blank=True)
    is_on = models.BooleanField()
    reason = FreeTextField(_("理由"), max_length=200)
    changed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("系统代办开关")
        constraints = [models.UniqueConstraint(fields=["county", "step", "item_code"], name="engine_switch_once")]

    def __str__(self) -> str:
        return f"{self.item_code} {self.step}"

"""What tickets are found by: their words, kept as pairs of neighbouring characters (`core.pairs`).

Rows are as good as the ticket they belong to; `manage.py doctor --fix` writes missing ones anew.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from issues.models.ticket import Ticket


class TicketWords(models.Model):
    """What everybody who sees the ticket may find it by; of a sensitive one its number only."""

    ticket = models.OneToOneField(Ticket, models.CASCADE, primary_key=True, related_name="words")
    text = models.TextField()

    class Meta:
        verbose_name = verbose_name_plural = _("检索用词")

    def __str__(self) -> str:
        return f"{self.ticket_id}"


class GuardedWords(models.Model):
    """The words of a sensitive ticket, searched only for those who may read it."""

    ticket = models.OneToOneField(Ticket, models.CASCADE, primary_key=True, related_name="guarded_words")
    text = models.TextField()

    class Meta:
        verbose_name = verbose_name_plural = _("涉敏感检索用词")

    def __str__(self) -> str:
        return f"{self.ticket_id}"

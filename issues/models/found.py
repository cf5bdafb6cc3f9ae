"""What tickets are found by: their words, kept as pairs of neighbouring characters (`core.rows.bigrams`); what they
teach.

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


class LearntPair(models.Model):
    """In how many closed tickets of an item a pair of characters stood; without a pair: how many there were.

    Written by `issues.learning.counting`, anew every night; at most `learning.MOST_ROWS` rows.
    """

    pair = models.CharField(max_length=2, blank=True)
    item_code = models.CharField(max_length=8)
    tickets = models.PositiveIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = _("事项用词")
        constraints = [models.UniqueConstraint(fields=["pair", "item_code"], name="learnt_once")]

    def __str__(self) -> str:
        return f"{self.pair} {self.item_code}"

"""The e-mail channel: plain text to an address that its owner confirmed."""

from typing import cast

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext_lazy as _

from core.jobs import outbox
from members.models import User
from notices import reaching
from notices.models import Delivery, Reach
from notices.outgoing import sending, wording
from notices.outgoing.channels import Channel


class Mail(Channel):
    """Sends what `notices.outgoing.wording` says; the delivery's id is the Message-ID, so that a second copy is
    known.
    """

    name = "email"
    label = _("邮件")

    def reaches(self, reach: Reach) -> bool:
        return bool(settings.EMAIL_READY and reach.email and reach.confirmed_at is not None)

    def send(self, delivery: Delivery) -> None:
        reach = reaching.of(cast(User, delivery.user))
        if not self.reaches(reach):
            raise outbox.GiveUp("the address was removed")
        notices = sending.gathered(delivery, reach) if delivery.since else []
        letter = wording.gathered(delivery, notices) if delivery.since else wording.letter_of(delivery)
        headers = {"Message-ID": f"<{delivery.pk}@{settings.EMAIL_DOMAIN}>", "Auto-Submitted": "auto-generated"}
        EmailMessage(letter.subject, letter.text, to=[reach.email], headers=headers).send()

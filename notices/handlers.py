"""Outbox senders of notices: planned deliveries, and the code that confirms an address."""

from django.utils.translation import gettext_lazy as _

from core.jobs.outbox import handles
from notices import reaching
from notices.outgoing import planning, sending


@handles(planning.SEND, label=_("外发通知（邮件、外部接收端）"), sends=True)
def send(payload: dict[str, object]) -> None:
    sending.send(str(payload["delivery"]))


@handles(reaching.CONFIRM, label=_("邮箱验证码"), sends=True)
def confirm(payload: dict[str, object]) -> None:
    """Mail the code, unless another one was asked for since."""
    reaching.send_code(int(str(payload["user"])), str(payload["nonce"]))

"""The webhook channel: a signed JSON message to an endpoint outside.

The signature is HMAC-SHA256 of "<timestamp>.<body>" under the endpoint's secret. A receiver that checks it, drops
what is older than a few minutes and remembers ids takes each message once and from us only.
"""

import hashlib
import hmac
import json

from django.utils.translation import gettext_lazy as _

from core import clock
from core.jobs import outbox
from core.web import safe_http
from notices import endpoints
from notices.models import Delivery, Endpoint
from notices.outgoing import planning, wording
from notices.outgoing.channels import Channel


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What the header Shanzhi-Signature says for this body at this time."""
    digest = hmac.digest(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return f"v1={digest.hex()}"


class Webhook(Channel):
    """Posts to the delivery's endpoint; counts its failures, so that one that is gone is paused."""

    name = planning.WEBHOOK
    label = _("外部接收端")
    is_personal = False

    def send(self, delivery: Delivery) -> None:
        endpoint = delivery.endpoint
        if endpoint is None or endpoint.paused_at is not None:
            raise outbox.GiveUp("接收端已暂停")
        try:
            self._post(endpoint, delivery)
        except safe_http.Forbidden as error:
            endpoints.failed(endpoint, str(error))
            raise outbox.GiveUp(str(error)) from None
        except safe_http.Unreachable as error:
            endpoints.failed(endpoint, str(error))
            raise
        endpoints.reached(endpoint)

    def _post(self, endpoint: Endpoint, delivery: Delivery) -> None:
        body = json.dumps(wording.message_of(delivery), ensure_ascii=False, separators=(",", ":")).encode()
        timestamp = str(int(clock.now().timestamp()))
        status = safe_http.post(
            endpoint.url,
            body,
            {
                "Content-Type": "application/json; charset=utf-8",
                "User-Agent": "Shanzhi",
                "Shanzhi-Id": str(delivery.pk),
                "Shanzhi-Timestamp": timestamp,
                "Shanzhi-Signature": signature(endpoint.secret, timestamp, body),
            },
        )
        if not 200 <= status < 300:
            raise safe_http.Unreachable(f"HTTP {status}")

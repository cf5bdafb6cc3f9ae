"""Writer of endpoints: add, change, try, pause, resume, remove. Each verb of a person leaves an audit entry."""

import secrets
import uuid
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock
from core.errors import Refused
from core.jobs import parked
from core.trust import audit
from core.web import safe_http
from members.models import Post, User
from members.roles import Role
from notices import inbox
from notices.models import Endpoint
from notices.outgoing import planning

PAUSED = "endpoint_paused"
TEST = "test"
PAUSE_AFTER = 10
"""Failed tries in a row after which an endpoint is paused."""
MAX_ERROR = 200


class EndpointRefused(Refused):
    """An endpoint that its rules forbid; `field` names the form field it belongs to."""

    code = "endpoint_refused"

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def add(*, name: str, url: str, groups: Sequence[str], actor: User | None) -> Endpoint:
    """Add an endpoint with a fresh secret; where its address leads is looked at by `check` and at each sending."""
    row = Endpoint(name=name, url=url, groups=list(groups), secret=new_secret(), created_at=clock.now())
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            audit.record("endpoint.added", row, actor=actor, name=name, host=safe_http.target_of(url).host)
    except IntegrityError:
        raise EndpointRefused(_("已有叫“%(name)s”的接收端") % {"name": name}, "name") from None
    return row


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def change(*, endpoint: Endpoint, name: str, groups: Sequence[str], actor: User) -> None:
    """Change name and groups. The address stays: another address is another endpoint with another secret."""
    try:
        with transaction.atomic():
            Endpoint.objects.filter(pk=endpoint.pk).update(name=name, groups=list(groups))
            audit.record("endpoint.changed", endpoint, actor=actor, name=name)
    except IntegrityError:
        raise EndpointRefused(_("已有叫“%(name)s”的接收端") % {"name": name}, "name") from None


def renew_secret(*, endpoint: Endpoint, actor: User) -> str:
    """A new secret, shown once; the old one signs nothing any more."""
    fresh = new_secret()
    with transaction.atomic():
        Endpoint.objects.filter(pk=endpoint.pk).update(secret=fresh)
        audit.record("endpoint.secret_renewed", endpoint, actor=actor)
    return fresh


def test(*, endpoint: Endpoint, actor: User) -> None:
    """Send one test message by the way that all messages go; it names no ticket."""
    if endpoint.paused_at is not None:
        raise EndpointRefused(_("接收端已暂停，先恢复再测试"))
    told = planning.Told(kind=TEST, key=f"{TEST}:{uuid.uuid4().hex}", url=reverse("notices:inbox"))
    with transaction.atomic():
        planning.keep([planning.to_endpoint(endpoint.pk, told, clock.now())])
        audit.record("endpoint.tested", endpoint, actor=actor)


def pause(*, endpoint: Endpoint, actor: User) -> None:
    """Plan nothing more for it; what is under way is parked."""
    with transaction.atomic():
        if Endpoint.objects.filter(pk=endpoint.pk, paused_at=None).update(paused_at=clock.now()):
            audit.record("endpoint.paused", endpoint, actor=actor)


def resume(*, endpoint: Endpoint, actor: User) -> None:
    """Send again from now on; what was parked meanwhile is let go from the page of parked rows."""
    with transaction.atomic():
        if Endpoint.objects.filter(pk=endpoint.pk).exclude(paused_at=None).update(paused_at=None, failures=0):
            audit.record("endpoint.resumed", endpoint, actor=actor)


def remove(*, endpoint: Endpoint, actor: User) -> None:
    """Remove an endpoint with what was to be sent to it."""
    with transaction.atomic():
        audit.record("endpoint.removed", endpoint, actor=actor, name=endpoint.name)
        parked.void_keys(planning.outbox_prefix(endpoint.pk), reason=str(_("接收端已删除")), actor=actor)
        endpoint.delete()


def reached(endpoint: Endpoint) -> None:
    """Note a message that was taken."""
    Endpoint.objects.filter(pk=endpoint.pk).update(failures=0, last_error="", reached_at=clock.now())


def failed(endpoint: Endpoint, reason: str) -> None:
    """Note a failed try; the tenth in a row pauses the endpoint and tells the system admins."""
    with transaction.atomic():
        rows = Endpoint.objects.filter(pk=endpoint.pk)
        rows.update(failures=F("failures") + 1, last_error=reason[:MAX_ERROR])
        worn_out = rows.filter(paused_at=None, failures__gte=PAUSE_AFTER)
        if not worn_out.update(paused_at=clock.now()):
            return
        audit.record("endpoint.paused", endpoint, actor=None, count=PAUSE_AFTER)
        admins = Post.objects.held().filter(role=Role.SYSTEM_ADMIN, user__is_active=True)
        inbox.send(
            user_ids=list(admins.values_list("user_id", flat=True)),
            kind=PAUSED,
            text=_("连续 %(n)d 次发送失败，已暂停") % {"n": PAUSE_AFTER},
            place=_("外部接收端 · %(name)s") % {"name": endpoint.name},
            todo=_("请联系对方修好，再恢复发送；没发出的在“搁置与外发”里重发"),
            url=reverse("system:endpoint", args=[endpoint.pk]),
            key=f"endpoint:{endpoint.pk}:{uuid.uuid4().hex[:12]}",
        )


def check(url: str) -> None:
    """Raise EndpointRefused for an address that may not be called, or that nobody knows."""
    try:
        safe_http.resolve(safe_http.target_of(url))
    except (safe_http.Forbidden, safe_http.Unreachable) as error:
        raise EndpointRefused(str(error), "url") from None

"""What channels say: kind, number, state and link. Nothing that a resident or a colleague wrote, and no names."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from core import clock
from notices.extensions import kind_of
from notices.kinds import GROUPS
from notices.models import Delivery, Mode, Notice

MOST_LINES = 30


@dataclass(frozen=True)
class Letter:
    """A subject of one line and a text."""

    subject: str
    text: str


def absolute(url: str) -> str:
    """A path of ours as a link; the inbox for anything else."""
    is_ours = url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
    return f"{settings.SITE_URL}{url if is_ours else reverse('notices:inbox')}"


def line(row: Notice | Delivery) -> str:
    """派哨 ST20-0101-001，待领办."""
    head = f"{kind_of(row.kind).label} {row.number}".strip()
    return f"{head}，{row.state}" if row.state else head


def letter_of(delivery: Delivery) -> Letter:
    """One message about one notice."""
    urgent = _("（紧急）") if delivery.is_urgent else ""
    kind = kind_of(delivery.kind)
    subject = _("【%(site)s】%(urgent)s%(group)s：%(line)s") % {
        "site": settings.SITE_NAME, "urgent": urgent, "group": kind.group.label, "line": line(delivery),
    }  # fmt: skip
    return Letter(subject, f"{line(delivery)}\n{absolute(delivery.url)}\n{_foot()}")


def gathered(delivery: Delivery, notices: Sequence[Notice]) -> Letter:
    """One message about many notices: counts by group, a line and a link for each of the newest."""
    counts = _counts(notices)
    title = _("汇总") if delivery.mode == Mode.DIGEST else _("免打扰时段的通知")
    subject = f"【{settings.SITE_NAME}】{title}：{counts}"
    lines = [f"{line(row)}\n  {absolute(row.url)}" for row in notices[:MOST_LINES]]
    if len(notices) > MOST_LINES:
        lines.append(_("另有 %(n)d 条，见消息页") % {"n": len(notices) - MOST_LINES})
    return Letter(subject, "\n".join([f"{title}：{counts}", "", *lines, _foot()]))


def _counts(notices: Sequence[Notice]) -> str:
    by_group = Counter(kind_of(row.kind).group.key for row in notices)
    words = [_("%(group)s %(n)d 条") % {"group": g.label, "n": by_group[g.key]} for g in GROUPS.values()
             if by_group[g.key]]  # fmt: skip
    return "，".join(words)


def message_of(delivery: Delivery) -> dict[str, object]:
    """The body for a machine: closed words and numbers only."""
    kind = kind_of(delivery.kind)
    return {
        "id": str(delivery.pk),
        "kind": delivery.kind,
        "label": str(kind.label),
        "group": kind.group.key,
        "number": delivery.number,
        "state": delivery.state,
        "url": absolute(delivery.url),
        "urgent": delivery.is_urgent,
        "at": clock.local(delivery.created_at).isoformat(timespec="seconds"),
    }


def _foot() -> str:
    inbox, choices = reverse("notices:inbox"), reverse("notices:settings")
    where = {"inbox": f"{settings.SITE_URL}{inbox}", "settings": f"{settings.SITE_URL}{choices}"}
    return "\n" + _("全部消息：%(inbox)s\n改收什么、什么时候收：%(settings)s") % where

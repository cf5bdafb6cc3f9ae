"""The head of the chain over the trail, told outside: to auditors' inboxes and letters, and to machines that listen.

Whoever keeps such a message can later ask the page of the chain whether it still holds.
"""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock
from core.trust import chain, heads
from members.models import Post, PostQuerySet
from members.roles import Role
from notices import inbox, reaching
from notices.kinds import OTHER
from notices.models import Endpoint, Mode, Reach
from notices.outgoing.mail import Mail

KIND, BROKEN = "trail_head", "trail_broken"


def tell() -> bool:
    """Tell the newest head once; False when there is none yet."""
    head = chain.head()
    if head is None:
        return False
    code = heads.code_of(head)
    inbox.send(
        user_ids=list(auditors().values_list("user_id", flat=True)),
        kind=KIND,
        text=_("操作记录到第 %(n)d 条，核对码 %(code)s") % {"n": head.position, "code": heads.spelled(head)},
        place=_("操作记录 · 防改链"),
        todo=_("请把核对码抄下来另行保存，以后用它核对"),
        url=reverse("people:chain"),
        key=f"{KIND}:{code}",
        number=code,
    )
    return True


def alarm(faults: list[str]) -> None:
    """Tell auditors, whose book it is, and system admins that the trail is not what it was; once a day."""
    if not faults:
        return
    people = Post.objects.held().filter(role__in=(Role.AUDITOR, Role.SYSTEM_ADMIN), user__is_active=True)
    inbox.send(
        user_ids=list(people.values_list("user_id", flat=True)),
        kind=BROKEN,
        text=_("操作记录与防改链对不上，有 %(n)d 处") % {"n": len(faults)},
        place=_("操作记录 · 防改链"),
        todo=_("请马上保全数据库和核对码，由审计员牵头核查"),
        url=reverse("people:chain"),
        key=f"{BROKEN}:{clock.today()}",
        urgent=True,
    )


def auditors() -> PostQuerySet:
    return Post.objects.held().filter(role=Role.AUDITOR, user__is_active=True)


def leaves_the_house() -> bool:
    """Whether any place outside this machine gets it: a file elsewhere, a machine, a letter to an auditor."""
    if settings.TRAIL_HEADS_OUTSIDE:
        return True
    if any(OTHER.key in row.groups for row in Endpoint.objects.filter(paused_at=None).only("groups")):
        return True
    mail = Mail()
    reached = Reach.objects.filter(user__in=auditors().values("user"), confirmed_at__isnull=False)
    return any(mail.reaches(reach) and reaching.mode_of(reach, mail.name, OTHER) != Mode.OFF for reach in reached)

"""Background work of households, from the outbox: imports step by step, reminders of requests."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.jobs.outbox import handles
from households.file.subjects import REMINDER, REPLY_NEAR
from households.imports import faulty, undoing, work
from households.models import SubjectRequest
from households.people import KEEPERS
from members.models import Post
from notices import inbox
from notices.kinds import until


@handles(work.STAGE, label=gettext_lazy("导入：读表"))
def stage(payload: dict[str, object]) -> None:
    work.stage(int(str(payload["import"])))


@handles(work.CHECK, label=gettext_lazy("导入：检查"))
def check(payload: dict[str, object]) -> None:
    work.check(int(str(payload["import"])), int(str(payload["position"])))


@handles(work.LOAD, label=gettext_lazy("导入：写入"))
def load(payload: dict[str, object]) -> None:
    work.load(int(str(payload["import"])), int(str(payload["position"])))


@handles(work.FORGET, label=gettext_lazy("导入：删去有错的行"))
def forget_faulty(payload: dict[str, object]) -> None:
    faulty.forget(int(str(payload["import"])))


@handles(undoing.UNDO, label=gettext_lazy("导入：撤回"))
def undo(payload: dict[str, object]) -> None:
    undoing.step(int(str(payload["import"])))


@handles(REPLY_NEAR, label=gettext_lazy("个人信息请求到期提醒"))
def reply_near(payload: dict[str, object]) -> None:
    """Remind who keeps the file of a request that has no answer yet."""
    row = SubjectRequest.objects.select_related("household__village__parent").get(pk=int(str(payload["request"])))
    if row.state != SubjectRequest.State.OPEN:
        return
    home = row.household
    posts = Post.objects.held().filter(role__in=KEEPERS, area__in=(home.village_id, home.township_id))
    inbox.send(
        user_ids=set(posts.filter(user__is_active=True).values_list("user_id", flat=True)),
        kind=REMINDER,
        text=_("个人信息请求快到期：%(kind)s") % {"kind": row.get_kind_display()},
        place=_("%(place)s · 户 %(code)s") % {"place": home.village.place_name, "code": home.code},
        todo=until(_("请答复这一户"), row.due_on),
        url=reverse("households:file", args=[home.code]),
        key=f"subject:{row.pk}:near",
    )

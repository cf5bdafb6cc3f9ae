"""What people of the demo keep at their desk: standard replies, saved views, and what the county dispatches by hand."""

from core.races.idempotency import Once
from gateway.demo.telling import words
from grids.levels import Level
from grids.models import Area
from issues.queue import saved
from issues.stepping import replies
from issues.tending import switches
from issues.workflow import Automatic
from members.models import Department, Post, User
from members.roles import Role

KEEPER = "fenbo"
BY_HAND = {
    "D04": "噪声由谁管要先分清声源，由分拨员派",
    "E01": "违建要先核土地性质，由分拨员派",
    "F02": "权属纠纷要先看归哪一级处理，由分拨员派",
}
"""Items that the engine does not dispatch, and why."""


def switch_off() -> None:
    """The county centre keeps a few items for its dispatchers."""
    actor = User.objects.get(username="xianfenbo")
    county = Area.objects.get(level=Level.COUNTY)
    for code, reason in BY_HAND.items():
        wanted = {step: step != Automatic.DISPATCH for step in Automatic}
        switches.put(county=county, item_code=code, wanted=wanted, reason=reason, actor=actor)


def fill() -> None:
    """The county's replies, those of one handler, and two views of the township's dispatcher."""
    admin = User.objects.filter(posts__in=Post.objects.filter(role=Role.LIST_ADMIN)).order_by("pk")[0]
    handler = User.objects.filter(posts__in=Post.objects.filter(role=Role.DEPARTMENT_HANDLER)).order_by("pk")[0]
    for user, texts in ((admin, words.REPLIES), (handler, words.OWN_REPLIES)):
        for n, (step, item, text) in enumerate(texts):
            replies.keep(user, step=step, item_code=item, text=text, once=Once("demo", f"reply-{user.pk}-{n}", {}))
    keeper = User.objects.get(username=KEEPER)
    places = saved.shares(keeper)
    town = next(key for key, place in places.items() if not isinstance(place, Department))
    for name, query, is_shared in words.VIEWS:
        share = town if is_shared else ""
        saved.keep(keeper, name=name, query=query, share=share, once=Once("demo", f"view-{name}", {}))

"""What people of the demo keep at their desk: standard replies and saved views."""

from core.races.idempotency import Once
from gateway.demo.telling import words
from issues.queue import saved
from issues.stepping import replies
from members.models import Department, Post, User
from members.roles import Role

KEEPER = "fenbo"


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

"""Who of the demo gets notices by e-mail, and two machines outside, both paused.

Letters become files in the data folder unless EMAIL_URL says otherwise; the addresses belong to nobody. The
machines lie in the range reserved for documentation.
"""

from datetime import time

from members.models import User
from notices import endpoints, reaching
from notices.models import Mode, Quiet

BY_MAIL = ("wangge", "fenbo", "chengban")
NO_RESULTS = {"result": Mode.OFF.value}
OWN_HOURS = (time(21, 30), time(7, 30))
MACHINES = (
    ("县政务共享平台（示例）", "https://192.0.2.10/shanzhi", ("supervision",)),
    ("应急指挥系统（示例）", "https://192.0.2.20/events", ("turn", "time")),
)


def choose() -> None:
    """Confirm the addresses with the codes that were sent there, and choose: at once, digests, own hours."""
    people = {user.username: user for user in User.objects.filter(username__in=BY_MAIL)}
    for username, user in people.items():
        reaching.ask(user=user, email=f"{username}@example.com")
        reaching.confirm(user=user, code=reaching.code_of(reaching.of(user)))
        reaching.choose(user=user, modes={"email": NO_RESULTS}, quiet=Quiet.COUNTY, hours=None)
    digests = {"email": {**NO_RESULTS, "turn": Mode.DIGEST.value, "progress": Mode.DIGEST.value}}
    reaching.choose(user=people["fenbo"], modes=digests, quiet=Quiet.COUNTY, hours=None)
    reaching.choose(user=people["chengban"], modes={"email": NO_RESULTS}, quiet=Quiet.OWN, hours=OWN_HOURS)


def connect() -> None:
    """Add the machines, paused: an admin sees how they look, and nothing is sent to nowhere."""
    admin = User.objects.get(username="guanli")
    for name, url, groups in MACHINES:
        endpoints.pause(endpoint=endpoints.add(name=name, url=url, groups=groups, actor=admin), actor=admin)

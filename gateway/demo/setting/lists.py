"""What list admins did: a second version of the grid items through three approvals, a third one in the making, and a
second version of village self-governance that waits for two departments. All by the real verbs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core import clock
from duties.approving import actions
from duties.drafting import editing
from duties.lists.queries import current
from duties.models import ListKind, ListVersion
from duties.shapes import shape_of
from duties.shapes.line_diff import Plain
from members.models import User

ADMIN = "qingdan"
SIGNERS = {"zuzhi": "ZZB", "shegong": "SGB", "zhengfa": "ZFW"}
NEW_ITEM: Plain = {
    "name": "公园、广场座椅损坏", "aliases": ["凳子烂", "椅子断"], "resolve": "5wd", "respond": "", "needs_photo": True,
    "closing_standard": "修好或换新，附修好后的照片", "is_common": False, "is_resident_tile": False,
}  # fmt: skip


@dataclass(frozen=True)
class Desk:
    """The draft of one list under the hands of its admin."""

    version: ListVersion
    admin: User

    @classmethod
    def open(cls, kind: ListKind) -> "Desk":
        base, admin = current(kind), User.objects.get(username=ADMIN)
        if base is None:
            raise RuntimeError(f"no {kind} in force")
        return cls(editing.open_draft(duty_list=base.duty_list, actor=admin), admin)

    def plain(self, code: str) -> Plain:
        return shape_of(self.version).plains(self.version, [code])[code]

    def write(self, code: str, **changes: Any) -> None:
        seen = shape_of(self.version).rows(self.version).get(code=code).revision
        content = self.plain(code) | changes
        editing.edit_item(version_id=self.version.pk, code=code, revision=seen, content=content, actor=self.admin)

    def add(self, code: str, like: str, **changes: Any) -> None:
        content = self.plain(like) | changes
        editing.add_item(version_id=self.version.pk, code=code, content=content, actor=self.admin)

    def remove(self, code: str) -> None:
        editing.remove_item(version_id=self.version.pk, code=code, revision=0, actor=self.admin)

    def submit(self, note: str) -> None:
        self.version.refresh_from_db()
        actions.submit(version_id=self.version.pk, revision=self.version.revision, note=note, actor=self.admin)

    def agree(self, *usernames: str, note: str = "") -> None:
        for username in usernames:
            asked = self.version.approvals.get(department__code=SIGNERS[username])
            actions.agree(
                version_id=self.version.pk,
                round_seen=asked.round,
                department_id=asked.department_id,
                note=note,
                actor=User.objects.get(username=username),
            )


def revise(since: datetime) -> None:
    """The second version of the grid items, in force from ten days after the first."""
    with clock.at(since + timedelta(days=2)):
        desk = Desk.open(ListKind.GRID_ITEMS)
        desk.write("C04", assisting=sorted({*desk.plain("C04")["assisting"], "NY"}))
        desk.write("C07", aliases=[*desk.plain("C07")["aliases"], "网线掉下来"])
        desk.submit("排水沟渠由农业农村局一并配合；补群众叫法")
    for days, username in enumerate(SIGNERS, 3):
        with clock.at(since + timedelta(days=days)):
            desk.agree(username)
    with clock.at(since + timedelta(days=7)):
        first_day = clock.local(since + timedelta(days=10)).date()
        actions.publish(version_id=desk.version.pk, round_seen=1, starts_on=first_day, actor=desk.admin)


def draft(now: datetime) -> None:
    """What lies on the desks today."""
    with clock.at(now - timedelta(hours=3)):
        desk = Desk.open(ListKind.GRID_ITEMS)
        desk.write("C01", resolve="12h")
        desk.write("C02", resolve="2wd", assisting=sorted({*desk.plain("C02")["assisting"], "SC"}))
        desk.write("C03", closing_standard="修复平整并开放通行，附前后对比照片")
        desk.write("D05", enforcement_body="")
        desk.add("C09", "C08", **NEW_ITEM)
        desk.remove("I02")
    with clock.at(now - timedelta(days=1)):
        desk = Desk.open(ListKind.SELF_GOVERNANCE)
        desk.write("XZ15", part="removed")
        desk.submit("统计调查由县统计局自行组织，村社不再承担")
        desk.agree("zuzhi", note="同意，请做好交接")

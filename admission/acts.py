"""What the trail says of the gate: applications, reports of pushed-down tasks, documents, the five rights."""

from django.utils.translation import gettext_lazy as _

from admission.applications.actions import PROCESS
from admission.models import Admission, Policy, PushedTask, RightReview, RightUse
from admission.pushed.actions import PROCESS as PUSHED
from admission.workflow.rules import Outcome, half_words
from core.trust.acts import ACTS, NAMINGS, UNTOLD, act, named, naming_of, one_of, plain

_NUMBER = plain(_("文号"))

ACTS.extend(
    (
        *PROCESS.acts(_("申请准入"), _("办理准入")),
        *PUSHED.acts(_("反映转嫁"), _("办理转嫁反映")),
        act("pushed.reporter_read", _("查看转嫁反映人"), code=UNTOLD),
        act("policy.added", _("政策文件入库"), number=_NUMBER),
        act("policy.changed", _("改政策文件"), number=_NUMBER),
        act("policy.repealed", _("废止政策文件"), number=_NUMBER, on=plain(_("废止日"))),
        act("rights.used", _("登记五权行使"), right=UNTOLD, department=named(_("部门"), "members.department.code")),
        act("rights.settled", _("登记五权结果"), outcome=one_of(_("结果"), dict(Outcome.choices))),
        act("rights.reviewed", _("五权回头看"), half=UNTOLD, township=UNTOLD),
    )
)
NAMINGS.extend(
    (
        naming_of(Admission, lambda row: row.number),
        naming_of(PushedTask, lambda row: row.number),
        naming_of(Policy, lambda row: row.title),
        naming_of(
            RightUse,
            lambda row: f"{row.township.short_name} {row.get_right_display()} {row.used_on}",
            beside=("township",),
        ),
        naming_of(
            RightReview,
            lambda row: f"{row.township.short_name} {half_words(row.half)}",
            beside=("township",),
        ),
    )
)

"""What the machinery itself puts on the trail: days, parked rows, keys, codes of the core's own rows."""

from django.utils.translation import gettext_lazy as _

from core.jobs.parked import label_of
from core.models import CalendarException, OfficialYear, OutboxRow
from core.trust.acts import ACTS, NAMINGS, UNTOLD, act, naming_of, plain, told_by

_DAY = plain(_("日期"))
_TOPIC = told_by(_("事项"), lambda topic: str(label_of(topic)))

ACTS.extend(
    (
        act("calendar.declare", _("定工作日"), day=_DAY, is_working=plain(_("上班"))),
        act("calendar.withdraw", _("撤工作日"), day=_DAY),
        act(
            "calendar.enter", _("录入全年放假安排"), year=UNTOLD, off=plain(_("放假天数")), worked=plain(_("补班天数"))
        ),
        act("outbox.rerun", _("重新执行搁置事项"), topic=UNTOLD),
        act("outbox.rerun_all", _("重新执行一类搁置事项"), topic=_TOPIC),
        act("outbox.void", _("作废搁置事项"), topic=UNTOLD),
        act("outbox.void_all", _("作废一类搁置事项"), topic=_TOPIC, key=UNTOLD),
        act("core.rekeyed", _("换用新密钥")),
        act("core.reindexed", _("重算检索索引")),
        act("core.veiled", _("遮盖文字里的号码")),
        act("core.words_revealed", _("查看文字里的电话"), code=UNTOLD),
        act("core.echo", _("后台自检"), n=UNTOLD),
    )
)
NAMINGS.extend(
    (
        naming_of(CalendarException, lambda row: f"{row.day}"),
        naming_of(OfficialYear, lambda row: f"{row.year}"),
        naming_of(OutboxRow, lambda row: str(label_of(row.topic))),
    )
)

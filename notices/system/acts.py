"""What the trail says of addresses, of the county's times and of machines outside."""

from django.utils.translation import gettext_lazy as _

from core.trust.acts import ACTS, NAMINGS, act, naming_of, plain
from notices.models import CountyTimes, Endpoint

ACTS.extend(
    (
        act("reach.asked", _("填通知邮箱")),
        act("reach.confirmed", _("确认通知邮箱")),
        act("reach.forgotten", _("删通知邮箱")),
        act("county_times.changed", _("改通知时间"), before=plain(_("原为")), after=plain(_("改为"))),
        act("endpoint.added", _("添加接收端"), name=plain(_("名称")), host=plain(_("主机"))),
        act("endpoint.changed", _("改接收端"), name=plain(_("名称"))),
        act("endpoint.secret_renewed", _("换接收端密钥")),
        act("endpoint.tested", _("测试接收端")),
        act("endpoint.paused", _("暂停接收端"), count=plain(_("连续失败次数"))),
        act("endpoint.resumed", _("恢复接收端")),
        act("endpoint.removed", _("删除接收端"), name=plain(_("名称"))),
    )
)
NAMINGS.extend(
    (
        naming_of(CountyTimes, lambda _row: ""),
        naming_of(Endpoint, lambda row: row.name),
    )
)

"""What notices contribute to their own registries: letters, endpoints outside, and what is told of those."""

from django.utils.translation import gettext_lazy as _

from notices import endpoints, kinds
from notices.extensions import CHANNELS, KINDS
from notices.outgoing.mail import Mail
from notices.outgoing.webhook import Webhook
from notices.system import acts as acts  # adds itself

CHANNELS.extend([Mail(), Webhook()])
KINDS.extend(kinds.of(kinds.OTHER, {endpoints.PAUSED: _("外部接收端已暂停"), endpoints.TEST: _("测试")}))

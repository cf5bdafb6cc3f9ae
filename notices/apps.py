from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "notices"
    verbose_name = _("消息")

    def ready(self) -> None:
        from notices import endpoints, kinds, times
        from notices.outgoing import channels
        from notices.outgoing.mail import Mail
        from notices.outgoing.webhook import Webhook

        times.check()
        channels.register(Mail())
        channels.register(Webhook())
        kinds.register(kinds.OTHER, {endpoints.PAUSED: _("外部接收端已暂停"), endpoints.TEST: _("测试")})

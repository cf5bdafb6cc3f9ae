from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "notices"
    verbose_name = _("消息")

    def ready(self) -> None:
        from notices import channels, endpoints, kinds, times
        from notices.mail import Mail
        from notices.webhook import Webhook

        times.check()
        channels.register(Mail())
        channels.register(Webhook())
        kinds.register(kinds.OTHER, {endpoints.PAUSED: _("外部接收端已暂停"), endpoints.TEST: _("测试")})

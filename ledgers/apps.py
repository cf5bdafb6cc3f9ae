from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgersConfig(AppConfig):
    name = "ledgers"
    verbose_name = _("专项台账")

    def ready(self) -> None:
        from issues import extensions as registry
        from ledgers import handlers, hooks
        from ledgers.campaigns import following
        from places.following import register

        handlers.register_kinds()
        register(following.TARGETS)
        if hooks.of_ticket not in registry.link_sources:
            registry.link_sources.append(hooks.of_ticket)
            registry.phone_sources.append(hooks.on_phone)
            registry.door_sources.append(hooks.for_residents)

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgersConfig(AppConfig):
    name = "ledgers"
    verbose_name = _("专项台账")

    def ready(self) -> None:
        from issues import extensions as registry
        from ledgers import beside, following, handlers
        from places.following import register

        handlers.register_kinds()
        register(following.TARGETS)
        if beside.of_ticket not in registry.link_sources:
            registry.link_sources.append(beside.of_ticket)
            registry.phone_sources.append(beside.on_phone)
            registry.door_sources.append(beside.for_residents)

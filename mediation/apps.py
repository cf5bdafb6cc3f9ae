from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MediationConfig(AppConfig):
    name = "mediation"
    verbose_name = _("矛盾调解")

    def ready(self) -> None:
        from issues import extensions
        from mediation import following, handlers, tickets
        from places.following import register

        handlers.register_kinds()
        register(following.DISPUTES)
        if tickets.links not in extensions.link_sources:
            extensions.link_sources.append(tickets.links)
            extensions.outcome_sources.append(tickets.outcome)

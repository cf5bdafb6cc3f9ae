from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MediationConfig(AppConfig):
    name = "mediation"
    verbose_name = _("矛盾调解")

    def ready(self) -> None:
        from issues import beside
        from mediation import handlers, tickets

        handlers.register_kinds()
        if tickets.links not in beside.link_sources:
            beside.link_sources.append(tickets.links)
            beside.outcome_sources.append(tickets.outcome)

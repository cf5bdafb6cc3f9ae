from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MediationConfig(AppConfig):
    name = "mediation"
    verbose_name = _("矛盾调解")

    def ready(self) -> None:
        from issues import extensions
        from mediation import handlers, hooks
        from mediation.engine import following
        from places.following import register

        handlers.register_kinds()
        register(following.DISPUTES)
        if hooks.links not in extensions.link_sources:
            extensions.link_sources.append(hooks.links)
            extensions.outcome_sources.append(hooks.outcome)

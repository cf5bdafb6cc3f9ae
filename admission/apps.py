from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AdmissionConfig(AppConfig):
    name = "admission"
    verbose_name = _("事项准入")

    def ready(self) -> None:
        from admission import handlers, hooks
        from duties.beside import link_sources
        from issues import extensions as ticket_page

        handlers.register_kinds()
        if hooks.of_item not in link_sources:
            link_sources.append(hooks.of_item)
            ticket_page.link_sources.append(hooks.of_ticket)

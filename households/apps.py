from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HouseholdsConfig(AppConfig):
    name = "households"
    verbose_name = _("住户")

    def ready(self) -> None:
        from core.trust.rekeying import register_index
        from grids.households import name_key, phone_key
        from grids.models import Household
        from households import handlers, hooks
        from households.contact import liaisons
        from households.file.tags import guarded_key
        from households.models import GuardedTag, Resident
        from issues import extensions as registry
        from places.plans import telling

        handlers.register_kinds()
        telling.register(liaisons.keepers_of)
        if hooks.on_phone not in registry.phone_sources:
            registry.phone_sources.append(hooks.on_phone)
            registry.link_sources.append(hooks.of_ticket)
        register_index(Household, "head_name", "head_index", name_key)
        register_index(Household, "phone", "phone_index", phone_key)
        register_index(Resident, "name", "name_index", name_key)
        register_index(Resident, "phone", "phone_index", phone_key)
        register_index(GuardedTag, "kind", "kind_index", guarded_key)

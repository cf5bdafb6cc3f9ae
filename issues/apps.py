from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IssuesConfig(AppConfig):
    name = "issues"
    verbose_name = _("工单")

    def ready(self) -> None:
        from core.trust.privacy import blind_index
        from core.trust.rekeying import register_index
        from issues.models import Reporter

        register_index(Reporter, "phone", "phone_index", blind_index)
        import_module("issues.engine.follow")  # registers what the table's `after` column names
        import_module("issues.kinds").register()
        routed, evidence = import_module("duties.routed"), import_module("duties.evidence")
        relocating, tree = import_module("issues.tending.relocating"), import_module("grids.tree")
        import_module("places.following").register(relocating.TICKETS)
        registries: list[tuple[list[Any], Any]] = [
            (routed.past_sources, import_module("issues.learning.past").alike),
            (evidence.sources, import_module("issues.learning.observed_times").of_item),
            (tree.retire_guards, relocating.open_at),
        ]
        for registry, entry in registries:
            if entry not in registry:
                registry.append(entry)

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IssuesConfig(AppConfig):
    name = "issues"
    verbose_name = _("工单")

    def ready(self) -> None:
        import_module("issues.follow")  # registers what the table's `after` column names
        import_module("issues.kinds").register()
        relocating, guards = import_module("issues.relocating"), import_module("grids.tree").retire_guards
        import_module("places.following").register(relocating.TICKETS)
        if relocating.open_at not in guards:
            guards.append(relocating.open_at)

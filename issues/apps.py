from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IssuesConfig(AppConfig):
    name = "issues"
    verbose_name = _("工单")

    def ready(self) -> None:
        from core.privacy import blind_index
        from core.rekeying import register_index
        from issues.models import Reporter

        register_index(Reporter, "phone", "phone_index", blind_index)
        import_module("issues.follow")  # registers what the table's `after` column names
        import_module("issues.kinds").register()

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = _("人员与部门")

    def ready(self) -> None:
        from members.signing_in import profile

        profile.current()

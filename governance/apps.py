"""The wiring as a Django app: it brings the commands `serve`, `prepare`, `reset` and the start checks."""

from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "governance"
    verbose_name = "善治"

    def ready(self) -> None:
        from governance import safety

        safety.register_checks()

"""The wiring as a Django app: it brings the commands `serve`, `prepare`, `reset` and the start checks, and has every
app fill the registries of others (`core.registry`)."""

from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "governance"
    verbose_name = "善治"

    def ready(self) -> None:
        from importlib import import_module

        from django.utils.module_loading import autodiscover_modules

        from governance import safety

        import_module("core.jobs.acts")  # core stands below everybody's hooks and has none itself
        autodiscover_modules("hooks")
        safety.register_checks()

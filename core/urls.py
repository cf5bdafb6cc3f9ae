"""Pages of core: health, readiness, large type, style guide."""

from django.urls import path

from core.web import health, large_type, styleguide

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("large/", large_type.toggle, name="large"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
]

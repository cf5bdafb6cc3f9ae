"""Pages of core: health, readiness, large type, style guide."""

from django.urls import path

from core import health, large, styleguide

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("large/", large.toggle, name="large"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
]

"""The map of all pages. It mounts each app's own urls.py and holds no view of its own."""

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.urls import include, path

from members.access import scope_for
from members.roles import Role


def _is_system_admin(request: HttpRequest) -> bool:
    """By today's posts: the flag on the account outlives a post that ends on a set day."""
    return request.user.is_superuser and Role.SYSTEM_ADMIN in scope_for(request.user).roles


admin.site.has_permission = _is_system_admin  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = settings.SITE_NAME

MOUNTS = (
    ("", "core.urls"),
    ("", "members.urls"),
    ("areas/", "places.urls"),
    ("areas/", "households.area_urls"),
    ("areas/", "members.areas.urls"),
    ("", "households.urls"),
    ("", "duties.urls"),
    ("inbox/", "notices.urls"),
    ("system/", "notices.system.urls"),
    ("board/", "insights.urls"),
    ("mediation/", "mediation.urls"),
    ("", "ledgers.urls"),
    ("", "admission.urls"),
    ("", "issues.urls"),
)
urlpatterns = [
    *(path(route, include(module)) for route, module in MOUNTS),
    path("admin/", admin.site.urls),
]

handler400 = "core.views.bad_request"
handler403 = "core.views.permission_denied"
handler404 = "core.views.not_found"
handler500 = "core.views.server_error"

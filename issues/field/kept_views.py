"""What makes the phone's pages readable without signal: the service worker, the manifest, and which pages to keep."""

import hashlib
import json
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.templatetags.ui import asset_url
from issues.extensions import kept_pages
from members.access import allow, passive, public, reader
from members.roles import PHONE_ROLES

STYLES = ("tokens", "app", "parts", "forms", "phone", "ticket", "records", "field", "print")
SCRIPTS = ("app", "kept", "sender", "pressed", "offline", "draft", "drafts", "photos")
SHELL = (
    *(f"css/{name}.css" for name in STYLES), *(f"js/{name}.js" for name in SCRIPTS),
    "django_htmx/htmx-2.min.js", "icons.svg", "favicon.svg",
)  # fmt: skip
"""The files without which no page of the phone looks and works as it should."""
WORKER = Path(settings.BASE_DIR) / "static" / "js" / "worker.js"


@public
@never_cache
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """`/m/worker.js`: with the names that its files have today, so that a new version is a new worker."""
    assets, source = [asset_url(path) for path in SHELL], WORKER.read_text()
    version = hashlib.sha256("\n".join([*assets, source]).encode()).hexdigest()[:12]
    head = f"const VERSION = {json.dumps(version)}, ASSETS = {json.dumps(assets)};\n"
    return HttpResponse(head + source, content_type="text/javascript; charset=utf-8")


@public
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """`/m/manifest.webmanifest`: under what name and sign the pages stand on a phone's first screen."""
    icons = [
        {"src": asset_url(f"icons/{name}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for name, size, purpose in (
            ("app-192", 192, "any"), ("app-512", 512, "any"), ("app-mask-512", 512, "maskable"),
        )
    ]  # fmt: skip
    said = {
        "id": "/m/",
        "name": settings.SITE_NAME,
        "short_name": _("网格"),
        "lang": "zh-Hans-CN",
        "start_url": "/m/",
        "scope": "/m/",
        "display": "standalone",
        "theme_color": "#0e635d",
        "background_color": "#f5f7f6",
        "icons": icons,
    }
    return HttpResponse(json.dumps(said, ensure_ascii=False), content_type="application/manifest+json; charset=utf-8")


@passive
@allow(*PHONE_ROLES)
@never_cache
@require_safe
def pages(request: HttpRequest) -> JsonResponse:
    """`/m/kept/`: the addresses that this person's phone keeps."""
    return JsonResponse({"pages": kept_pages(reader(request))})

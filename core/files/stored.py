"""Photos in the store: one file per content, served as a JPEG that no shared cache keeps.

Whoever keeps photos registers the model whose `path` names the files (`keeps`); a file that no row names is swept.
"""

from pathlib import Path
from typing import Protocol, TypeVar

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import Model
from django.http import FileResponse, Http404

from core.files.images import Picture
from core.registry import Registry

PRIVATE_SECONDS = 3600
M = TypeVar("M", bound=type[Model])
KEEPERS: Registry[type[Model]] = Registry("models whose rows name stored photos")


class Stored(Protocol):
    path: str
    sha256: str


def keeps(model: M) -> M:
    """Register a model whose rows name stored photos by their `path`."""
    KEEPERS.add(model)
    return model


def store(picture: Picture) -> str:
    """Write the file of a photo, once per content, and return the name it has in the store.

    It is written before the row: a rolled-back transaction leaves a file that nothing points at, never a row
    without a file; `sweep` removes such files.
    """
    name = f"photos/{picture.sha256[:2]}/{picture.sha256}.jpg"
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(picture.content))
    return name


def sweep() -> int:
    """Delete stored files that no row names; returns how many."""
    removed = 0
    root = Path(default_storage.path("photos"))
    for file in root.glob("*/*.jpg"):
        name = f"photos/{file.parent.name}/{file.name}"
        if not any(model._default_manager.filter(path=name).exists() for model in KEEPERS):
            default_storage.delete(name)
            removed += 1
    return removed


def sent(photo: Stored | None) -> FileResponse:
    """The stored JPEG under a fixed type, never to be guessed at or kept by a shared cache."""
    if photo is None or not default_storage.exists(photo.path):
        raise Http404
    response = FileResponse(default_storage.open(photo.path), content_type="image/jpeg")
    response["Cache-Control"] = f"private, max-age={PRIVATE_SECONDS}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = f'inline; filename="{photo.sha256[:12]}.jpg"'
    return response

"""Photos in the store: one file per content, served as a JPEG that no shared cache keeps.

Whoever keeps photos registers the model whose `path` names the files (`keeps`); a file that no row names is swept once
it is old enough that nobody can still be saving the row.
"""

import os
import time
from pathlib import Path
from typing import Protocol, TypeVar

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import Model
from django.http import FileResponse, Http404

from core.files.handing import handed
from core.files.images import Picture
from core.registry import Registry

PRIVATE_SECONDS = 3600
SPARED_SECONDS = 24 * 3600
"""Longer than any transaction that names a file may take to end."""
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
    without a file; `sweep` removes such files. One that is there already is young again from now on.
    """
    name = f"photos/{picture.sha256[:2]}/{picture.sha256}.jpg"
    try:
        os.utime(default_storage.path(name))
    except FileNotFoundError:
        default_storage.save(name, ContentFile(picture.content))
    return name


def sweep() -> int:
    """Delete stored files that no row names and nobody has stored of late; returns how many."""
    return sum(map(_is_swept, Path(default_storage.path("photos")).glob("*/*.jpg")))


def _is_swept(file: Path) -> bool:
    name = f"photos/{file.parent.name}/{file.name}"
    if _is_young(file) or any(model._default_manager.filter(path=name).exists() for model in KEEPERS):
        return False
    aside = file.with_suffix(".swept")
    file.rename(aside)  # from here on whoever stores it writes it anew
    if _is_young(aside):  # somebody stored it since we looked
        aside.rename(file)
        return False
    aside.unlink()
    return True


def _is_young(file: Path) -> bool:
    return time.time() - file.stat().st_mtime < SPARED_SECONDS


def sent(photo: Stored | None) -> FileResponse:
    """The stored JPEG under a fixed type, never to be guessed at or kept by a shared cache."""
    if photo is None or not default_storage.exists(photo.path):
        raise Http404
    response = FileResponse(default_storage.open(photo.path), content_type="image/jpeg")
    response["Cache-Control"] = f"private, max-age={PRIVATE_SECONDS}"
    response["X-Content-Type-Options"] = "nosniff"
    handed(response, f"{photo.sha256[:12]}.jpg", is_shown=True)
    return response

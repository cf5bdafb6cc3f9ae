"""Good photos of a form that was not taken: they wait for it to be sent again, since no browser gives files back.

Only what `core.files.images` has drawn anew waits, under a signed name that the page alone knows, for a day at most.
When too many wait, further ones do not, and the page says so.
"""

import base64
from datetime import datetime
from io import BytesIO
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.signing import BadSignature, Signer
from PIL import Image

from core.files.images import Picture, look_of

MOST = 1000
THUMB, THUMB_QUALITY = 160, 60
_signer = Signer(salt="core.files.waiting")


def keep(picture: Picture) -> str:
    """Let a photo wait; answers by what it is asked for again, "" when too many wait already."""
    name = _name(picture.sha256)
    if not default_storage.exists(name):
        if len(_files()) >= MOST:
            return ""
        default_storage.save(name, ContentFile(picture.content))
    return _signer.sign(picture.sha256)


def take(token: str) -> Picture | None:
    """The photo that waits under `token`; None when nothing does any more."""
    try:
        sha256 = _signer.unsign(token)
        with default_storage.open(_name(sha256)) as file:
            content = file.read()
    except (BadSignature, FileNotFoundError):
        return None
    with Image.open(BytesIO(content)) as image:
        return Picture(content, sha256, image.width, image.height, look_of(image))


def thumbnail(picture: Picture) -> str:
    """A small copy as an address of its own."""
    out = BytesIO()
    with Image.open(BytesIO(picture.content)) as image:
        image.thumbnail((THUMB, THUMB))
        image.save(out, "JPEG", quality=THUMB_QUALITY)
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"


def sweep(before: datetime) -> int:
    """Delete what has waited since before `before`; returns how many."""
    old = [file for file in _files() if file.stat().st_mtime < before.timestamp()]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)


def _name(sha256: str) -> str:
    return f"waiting/{sha256}.jpg"


def _files() -> list[Path]:
    return list(Path(default_storage.path("waiting")).glob("*.jpg"))

"""Photos from strangers' phones, made safe before anything stores them.

Decides by content, never by name or declared type. The pixel count is read from the header and
checked before a single pixel is decoded. What comes out is a fresh JPEG of at most 1600 px with the
orientation applied and no metadata of any kind.
"""

import hashlib
import re
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from django.core.files.base import File
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import Refused

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_PIXELS: Final = 25_000_000
MAX_SIDE: Final = 1600
QUALITY: Final = 82
FORMATS: Final = ("JPEG", "PNG", "WEBP")
MAGIC: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
# Something that is a photo and also a page or an archive has no honest origin.
ACTIVE: Final = re.compile(rb"<(?:script|html|!doctype|svg[\s>]|iframe|\?php)|%PDF-1", re.IGNORECASE)
ZIP_END: Final = b"PK\x05\x06"
ZIP_TAIL: Final = 66_000

Image.MAX_IMAGE_PIXELS = MAX_PIXELS


class BadImage(Refused):
    """The upload is not a photo that can be kept."""

    code = "bad_image"


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo ready to store: always JPEG."""

    content: bytes
    sha256: str
    width: int
    height: int
    look: tuple[int, int, int, int] = (0, 0, 0, 0)


def prepare(upload: "File[bytes]") -> Picture:
    """Return `upload` as a clean Picture; raises BadImage with a Chinese reason."""
    raw = _read(upload)
    try:
        with Image.open(BytesIO(raw), formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise _too_many_pixels()
            clean = _redrawn(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except UnidentifiedImageError as error:
        raise _not_a_photo() from error
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, MemoryError, OverflowError) as error:
        raise BadImage(_("照片已损坏或不完整，请重新拍摄或选择")) from error
    out = BytesIO()
    clean.save(out, format="JPEG", quality=QUALITY, optimize=True)
    content = out.getvalue()
    return Picture(content, hashlib.sha256(content).hexdigest(), clean.width, clean.height, look_of(clean))


def look_of(image: Image.Image) -> tuple[int, int, int, int]:
    """Difference hash: 64 bits that say where a picture grows brighter, in four bands of sixteen.

    Copies that were scaled, re-encoded or slightly touched differ in a few bits only, so that one of four bands
    is equal while at most three bits differ. Zero for a picture without any contrast.
    """
    grey = image.convert("L").resize((9, 8), Image.Resampling.LANCZOS).tobytes()
    bits = [int(grey[row * 9 + column] < grey[row * 9 + column + 1]) for row in range(8) for column in range(8)]
    bands = [int("".join(map(str, bits[start : start + 16])), 2) for start in range(0, 64, 16)]
    return bands[0], bands[1], bands[2], bands[3]


def _read(upload: "File[bytes]") -> bytes:
    upload.seek(0)
    raw: bytes = upload.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise BadImage(_("照片超过 10 MB，请压缩或换一张"))
    if not raw.startswith(MAGIC) or ACTIVE.search(raw) or ZIP_END in raw[-ZIP_TAIL:]:
        raise _not_a_photo()
    return raw


def _redrawn(image: Image.Image) -> Image.Image:
    """Decode, turn upright, shrink, and copy the bare pixels onto a new image."""
    image.draft("RGB", (MAX_SIDE, MAX_SIDE))  # JPEG decodes at a fraction of the work
    image.load()
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((MAX_SIDE, MAX_SIDE))
    bare = Image.new("RGB", upright.size, "white")
    if upright.has_transparency_data:
        layer = upright.convert("RGBA")
        bare.paste(layer, mask=layer.getchannel("A"))
    else:
        bare.paste(upright.convert("RGB"))
    return bare


def _not_a_photo() -> BadImage:
    return BadImage(_("只能上传 JPEG、PNG 或 WebP 格式的照片"))


def _too_many_pixels() -> BadImage:
    return BadImage(_("照片尺寸过大（超过 2500 万像素），请缩小后上传"))

"""Photos from strangers' phones, made safe before anything stores them.

Decides by content, never by name or declared type. The pixel count is read from the header and
checked before a single pixel is decoded, and large pictures are decoded one at a time. What comes out
is a fresh JPEG of at most 1600 px with the orientation applied and no metadata of any kind.
"""

import hashlib
import re
import threading
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from django.core.files.base import File
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError
from pillow_heif import register_heif_opener

from core.errors import Refused

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_PIXELS: Final = 25_000_000
MAX_OF_CAMERAS: Final = 52_000_000
"""What telephones write at their largest setting: JPEG is decoded at a fraction, the others as they are."""
LIMITS: Final[Mapping[str, int]] = {"JPEG": MAX_OF_CAMERAS, "HEIF": MAX_OF_CAMERAS, "AVIF": MAX_OF_CAMERAS}
LARGE: Final = 12_000_000
"""Pixels beyond which one process decodes one picture at a time: some hundred megabytes each."""
MAX_SIDE: Final = 1600
QUALITY: Final = 82
FORMATS: Final = ("JPEG", "PNG", "WEBP", "AVIF", "HEIF")
MAGIC: Final = re.compile(
    rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|RIFF|.{4}ftyp(?:hei[cmsx]|hev[cmx]|mif1|msf1|avi[fs])", re.DOTALL
)
SIXTEEN: Final = 257
"""A shade of sixteen bits is that many of eight."""
# Something that is a photo and also a page or an archive has no honest origin.
ACTIVE: Final = re.compile(rb"<(?:script|html|!doctype|svg[\s>]|iframe|\?php)|%PDF-1", re.IGNORECASE)
ZIP_END: Final = b"PK\x05\x06"
ZIP_TAIL: Final = 66_000

Image.MAX_IMAGE_PIXELS = MAX_OF_CAMERAS
register_heif_opener(thumbnails=False)
_turn = threading.BoundedSemaphore(1)


BROKEN: Final = (
    OSError, ValueError, SyntaxError, EOFError, IndexError, MemoryError, OverflowError, RuntimeError,
)  # fmt: skip
"""What decoders raise for a picture that is cut off or false."""


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


@dataclass(frozen=True, slots=True)
class Announced:
    """A photo that is still on a phone: what it will be known by, the SHA-256 of the file as it will be sent."""

    sha256: str


def prepare(upload: "File[bytes]") -> Picture:
    """Return `upload` as a clean Picture; raises BadImage with a Chinese reason."""
    raw = _read(upload)
    try:
        with Image.open(BytesIO(raw), formats=FORMATS) as image:
            pixels, most = image.width * image.height, LIMITS.get(image.format or "", MAX_PIXELS)
            if pixels > most:
                raise _too_many_pixels(most)
            with _turn if pixels > LARGE else nullcontext():
                clean = _redrawn(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels(MAX_OF_CAMERAS) from error
    except UnidentifiedImageError as error:
        raise _not_a_photo() from error
    except BROKEN as error:
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
    if not MAGIC.match(raw) or ACTIVE.search(raw) or ZIP_END in raw[-ZIP_TAIL:]:
        raise _not_a_photo()
    return raw


def _redrawn(image: Image.Image) -> Image.Image:
    """Decode, shrink, turn upright, and copy the bare pixels onto a new image."""
    image.draft("RGB", (MAX_SIDE, MAX_SIDE))  # JPEG decodes at a fraction of the work
    image.load()
    small = _of_eight_bits(image)
    small.thumbnail((MAX_SIDE, MAX_SIDE))
    upright = ImageOps.exif_transpose(small)
    bare = Image.new("RGB", upright.size, "white")
    if upright.has_transparency_data:
        layer = upright.convert("RGBA")
        bare.paste(layer, mask=layer.getchannel("A"))
    else:
        bare.paste(upright.convert("RGB"))
    return bare


def _of_eight_bits(image: Image.Image) -> Image.Image:
    """Shades of sixteen bits as shades of eight, which a plain conversion would clip."""
    if not image.mode.startswith("I"):
        return image
    grey = image.convert("I").point(lambda shade: shade * (1 / SIXTEEN)).convert("L")
    grey.info = image.info
    return grey


def _not_a_photo() -> BadImage:
    return BadImage(_("只能上传 JPEG、PNG、WebP、HEIC 或 AVIF 格式的照片"))


def _too_many_pixels(most: int) -> BadImage:
    return BadImage(_("照片尺寸过大（超过 %(n)d 万像素），请缩小后上传") % {"n": most // 10_000})

"""Photos: what is refused, and what is left of what is kept."""

import io
import struct
import zlib

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from core.files.images import MAX_SIDE, BadImage, prepare


def encoded(image: Image.Image, form: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def upload(raw: bytes, name: str = "a.jpg") -> ContentFile:
    return ContentFile(raw, name)


def noise(width: int = 64, height: int = 48) -> Image.Image:
    return Image.effect_noise((width, height), 60).convert("RGB")


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def flood_png(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(width * 3 + 1) * 100, 9)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", pixels) + png_chunk(b"IEND", b"")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_the_three_formats_come_out_as_jpeg(form: str) -> None:
    picture = prepare(upload(encoded(noise(), form), "无所谓.exe"))
    assert (picture.width, picture.height) == (64, 48)
    assert Image.open(io.BytesIO(picture.content)).format == "JPEG"
    assert len(picture.sha256) == 64


def test_the_same_photo_has_the_same_digest() -> None:
    raw = encoded(noise())
    assert prepare(upload(raw)).sha256 == prepare(upload(raw)).sha256


def test_large_photos_shrink() -> None:
    picture = prepare(upload(encoded(Image.new("RGB", (4000, 3000), "green"))))
    assert (picture.width, picture.height) == (MAX_SIDE, 1200)
    assert prepare(upload(encoded(Image.new("L", (9000, 2)), "PNG"))).width == MAX_SIDE


def test_metadata_is_gone_and_the_photo_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees
    exif[0x010F] = "SecretPhone"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (22.0, 22.0, 35.0)
    image = Image.new("RGB", (80, 40), "blue")
    raw = encoded(
        image, exif=exif, comment=b"SecretComment", xmp=b"<x:xmpmeta>SecretXmp</x:xmpmeta>", icc_profile=b"x" * 200
    )
    assert b"Secret" in raw
    picture = prepare(upload(raw))
    assert (picture.width, picture.height) == (40, 80)
    kept = Image.open(io.BytesIO(picture.content))
    assert not kept.getexif()
    assert set(kept.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"Secret" not in picture.content
    assert b"Exif" not in picture.content


@pytest.mark.parametrize("form", ["HEIF", "AVIF"])
def test_what_telephones_write_beside_comes_out_as_jpeg(form: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SecretPhone"
    picture = prepare(upload(encoded(Image.new("RGB", (80, 40), (200, 30, 30)), form, exif=exif), "IMG_1.heic"))
    assert sorted((picture.width, picture.height)) == [40, 80]
    kept = Image.open(io.BytesIO(picture.content))
    assert kept.format == "JPEG"
    red, green, blue = kept.getpixel((20, 20))
    assert red > 170
    assert max(green, blue) < 60
    assert b"Secret" not in picture.content


@pytest.mark.parametrize("form", ["HEIF", "AVIF"])
def test_a_cut_photo_of_a_telephone_is_refused(form: str) -> None:
    raw = encoded(noise(640, 480), form)
    for cut in (12, 40, len(raw) // 3, len(raw) // 2):
        with pytest.raises(BadImage):
            prepare(upload(raw[:cut]))


def test_sixteen_bits_keep_their_shades() -> None:
    image = Image.new("I;16", (64, 48), 0x8000)
    grey = Image.open(io.BytesIO(prepare(upload(encoded(image, "PNG"))).content)).convert("L").getpixel((20, 20))
    assert 120 <= grey <= 136
    rows = zlib.compress(b"".join(b"\0" + b"\x80\x00\x40\x00\xc0\x00" * 64 for _row in range(48)))
    header = struct.pack(">IIBBBBB", 64, 48, 16, 2, 0, 0, 0)
    raw = b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", rows) + png_chunk(b"IEND", b"")
    red, green, blue = Image.open(io.BytesIO(prepare(upload(raw)).content)).getpixel((20, 20))
    assert abs(red - 0x80) < 8
    assert abs(green - 0x40) < 8
    assert abs(blue - 0xC0) < 8


def test_fifty_megapixels_of_a_camera_are_taken_and_more_are_refused() -> None:
    assert prepare(upload(encoded(Image.new("RGB", (8192, 6144), "green"), quality=30))).width == MAX_SIDE
    with pytest.raises(BadImage, match="5200 万像素"):
        prepare(upload(encoded(Image.new("L", (8192, 6400)), quality=30)))


def test_transparency_becomes_white() -> None:
    picture = prepare(upload(encoded(Image.new("RGBA", (20, 20), (0, 0, 0, 0)), "PNG")))
    assert min(Image.open(io.BytesIO(picture.content)).getpixel((10, 10))) > 250


@pytest.mark.parametrize("mode", ["L", "1", "P", "CMYK", "LA", "I;16"])
def test_other_colour_modes(mode: str) -> None:
    image = noise().convert("L").convert("I").convert("I;16") if mode == "I;16" else noise().convert(mode)
    assert prepare(upload(encoded(image, "JPEG" if mode == "CMYK" else "PNG"))).width == 64


def test_a_pixel_flood_is_refused_from_its_header(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image.Image, "load", lambda _image: pytest.fail("decoded"))
    for side in ((13_304, 13_304), (6000, 5000), (50_000, 50_000)):
        with pytest.raises(BadImage, match="像素"):
            prepare(upload(flood_png(*side)))


JPEG = encoded(noise())
REFUSED = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": b"<html><script>alert(1)</script></html>",
    "gif": encoded(noise(), "GIF"),
    "bmp": encoded(noise(), "BMP"),
    "tiff": encoded(noise(), "TIFF"),
    "pdf": b"%PDF-1.7 ...",
    "empty": b"",
    "text": "照片".encode(),
    "magic only": b"\xff\xd8\xff",
    "riff of another kind": b"RIFF\x10\x00\x00\x00WAVEfmt ",
    "truncated": JPEG[: len(JPEG) // 2],
    "truncated png": encoded(noise(), "PNG")[:-400],
    "truncated webp": encoded(noise(), "WEBP")[:-200],
    "jpeg and page": JPEG + b"<HTML><body onload=x>",
    "jpeg and script": JPEG + b"<script>alert(1)</script>",
    "jpeg with php in a comment": encoded(noise(), comment=b"<?php system($_GET[0]); ?>"),
    "jpeg and zip": JPEG + b"PK\x03\x04" + bytes(30) + b"PK\x05\x06" + bytes(18),
    "png with svg in a text chunk": encoded(noise(), "PNG") + b"<svg onload=alert(1)>",
    "zlib bomb in a text chunk": b"\x89PNG\r\n\x1a\n"
    + png_chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0))
    + png_chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(80_000_000), 9))
    + png_chunk(b"IDAT", zlib.compress(bytes(25 * 8)))
    + png_chunk(b"IEND", b""),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    with pytest.raises(BadImage) as caught:
        prepare(upload(REFUSED[name]))
    assert caught.value.status == 422
    assert "照片" in caught.value.message


def test_over_ten_megabytes() -> None:
    with pytest.raises(BadImage, match="10 MB"):
        prepare(upload(JPEG + bytes(10 * 1024 * 1024)))


def test_any_cut_and_any_flip_is_a_picture_or_refused() -> None:
    for raw in (JPEG, encoded(noise(), "PNG"), encoded(noise(), "WEBP")):
        for place in range(0, len(raw), 37):
            broken = bytearray(raw)
            broken[place] ^= 0xFF
            for variant in (bytes(broken), raw[:place]):
                try:
                    prepare(upload(variant))
                except BadImage:
                    continue

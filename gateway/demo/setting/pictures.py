"""A few drawn scenes that stand in for photos in the demo data."""

import io
import random

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from core.files.images import Picture, prepare

SIZE = (960, 720)
SKIES = [(205, 219, 222), (184, 203, 211), (58, 66, 78)]
GROUNDS = [(196, 186, 168), (150, 160, 140), (120, 112, 100)]


def draw(count: int, rng: random.Random) -> list[Picture]:
    """`count` different pictures, prepared like any upload."""
    return [_prepared(rng, n) for n in range(count)]


def _prepared(rng: random.Random, n: int) -> Picture:
    image = Image.new("RGB", SIZE, SKIES[n % len(SKIES)])
    pen = ImageDraw.Draw(image)
    horizon = rng.randint(280, 400)
    pen.ellipse((-200, horizon - 90, 620, horizon + 260), fill=(134, 160, 138))
    pen.ellipse((380, horizon - 60, 1200, horizon + 260), fill=(150, 172, 150))
    pen.rectangle((0, horizon, *SIZE), fill=GROUNDS[n % len(GROUNDS)])
    left = rng.randint(280, 420)
    pen.polygon([(left, horizon), (left + 120, horizon), (left + 330, 720), (left - 190, 720)], fill=(108, 104, 92))
    for _patch in range(rng.randint(6, 14)):
        x, y = rng.randint(60, 880), rng.randint(horizon + 20, 690)
        size = rng.randint(10, 46)
        pen.ellipse(
            (x, y, x + size, y + size // 2), fill=(rng.randint(70, 130), rng.randint(80, 120), rng.randint(50, 90))
        )
    pen.rectangle((700, horizon - 150, 770, horizon), fill=(172, 158, 134))
    pen.polygon([(690, horizon - 150), (780, horizon - 150), (735, horizon - 190)], fill=(120, 100, 84))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=82)
    return prepare(SimpleUploadedFile(f"scene-{n}.jpg", buffer.getvalue(), "image/jpeg"))

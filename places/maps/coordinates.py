"""GCJ-02 and WGS-84: the datum of Chinese maps and that of the earth, both ways. Pure.

GCJ-02 shifts points within China by up to some hundred metres; outside it nothing is shifted. The way back is found by
iteration to less than a centimetre. Everything is stored in WGS-84; conversion is at the doors only.
"""

import math
from enum import StrEnum
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

SEMI_MAJOR = 6378245.0
ECCENTRICITY_2 = 0.00669342162296594323
CHINA = (72.004, 0.8293, 137.8347, 55.8271)
CLOSE = 1e-9
MOST_ROUNDS = 30

Point = tuple[float, float]


class Datum(StrEnum):
    WGS84 = "wgs84"
    GCJ02 = "gcj02"


def to_gcj02(longitude: float, latitude: float) -> Point:
    """From WGS-84."""
    if not _is_shifted(longitude, latitude):
        return longitude, latitude
    east, north = _shift(longitude - 105.0, latitude - 35.0)
    radians = math.radians(latitude)
    magic = 1 - ECCENTRICITY_2 * math.sin(radians) ** 2
    root = math.sqrt(magic)
    north = north * 180.0 / ((SEMI_MAJOR * (1 - ECCENTRICITY_2)) / (magic * root) * math.pi)
    east = east * 180.0 / (SEMI_MAJOR / root * math.cos(radians) * math.pi)
    return longitude + east, latitude + north


def to_wgs84(longitude: float, latitude: float) -> Point:
    """From GCJ-02: the point that `to_gcj02` sends here."""
    if not _is_shifted(longitude, latitude):
        return longitude, latitude
    x, y = longitude, latitude
    for _round in range(MOST_ROUNDS):
        east, north = to_gcj02(x, y)
        off_x, off_y = east - longitude, north - latitude
        x, y = x - off_x, y - off_y
        if abs(off_x) < CLOSE and abs(off_y) < CLOSE:
            break
    return x, y


def shape_to(shape: BaseGeometry, datum: str, *, back: bool = False) -> BaseGeometry:
    """A WGS-84 shape in `datum`; with `back` a shape in `datum` in WGS-84."""
    if datum != Datum.GCJ02:
        return shape
    turn = to_wgs84 if back else to_gcj02

    def moved(points: Any) -> list[Point]:
        return [turn(float(x), float(y)) for x, y in points]

    return shapely.transform(shape, moved)


def _is_shifted(longitude: float, latitude: float) -> bool:
    west, south, east, north = CHINA
    return west <= longitude <= east and south <= latitude <= north


def _shift(x: float, y: float) -> Point:
    waves = (20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)) * 2 / 3
    bend = math.sqrt(abs(x))
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * bend + waves
    east += (20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi)) * 2 / 3
    east += (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * bend + waves
    north += (20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi)) * 2 / 3
    north += (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y * math.pi / 30)) * 2 / 3
    return east, north

"""What people read on a page, and what of it is not for people: code words, names of columns, bare keys, holes."""

import html
import re

UNSEEN = re.compile(r"<(script|style|svg)\b.*?</\1>|<!--.*?-->", re.DOTALL)
SPOKEN = re.compile(r'(?:placeholder|title|aria-label|alt|label)="([^"]*)"')
INLINE = re.compile(r"</?(?:span|b|em|i|small|a|strong|kbd)\b[^>]*>")
TAG = re.compile(r"<[^>]*>", re.DOTALL)
STRANGE = re.compile(r"[a-z_]{3,}|#\d+|\bNone\b|\bTrue\b|\bFalse\b|\{\{|\{%|%\(")
FAMILIAR = re.compile(
    r"https?://\S+|\S+@\S+|[\w-]+\.(?:txt|xlsx|csv|json|geojson|pdf|svg|png)|/[a-z]/\S*"
    r"|(?<![A-Za-z])(?:xlsx|csv|https|ldbl|Excel|Enter|Ctrl|Shift|Tab|Esc|GeoJSON|Webhook|App)(?![A-Za-z])"
    r"|(?<![0-9a-z])[0-9a-f]{4,}(?![0-9a-z])"
)
"""Addresses, files, keys of the keyboard, things outside, digests; `ldbl` shows how to search by initials."""
MEANT = {"places:boundaries": ["code"]}
"""Words that a page means literally: what a property of an uploaded file is called."""


def lines(page: str) -> list[str]:
    """The visible text of a page, and what is read out of it, piece by piece."""
    body = UNSEEN.sub(" ", page.partition("<body")[2].partition(">")[2])
    spoken = SPOKEN.findall(body)
    pieces = TAG.sub("\n", INLINE.sub("", body)).split("\n")
    return [text for piece in (*pieces, *spoken) if (text := html.unescape(piece).strip())]


def strange(page: str, names: re.Pattern[str]) -> set[str]:
    """Lines with something in them that says nothing to those who read it; `names` are those that people gave."""
    return {line[:100] for line in lines(page) if STRANGE.search(FAMILIAR.sub(" ", names.sub(" ", line)))}

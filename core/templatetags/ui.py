"""Signs of the interface as template tags: icons, lamps, stage rings, Chinese moments.

Owns how a sign looks. Knows no model and asks no database: callers hand in keys, numbers and datetimes.
"""

import math
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from operator import attrgetter
from typing import Literal

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, gettext_lazy
from structlog.contextvars import get_contextvars

from core import clock
from core.registry import Registry
from core.text import Text

register = template.Library()

LampKey = Literal["b", "y", "r", "n"]
LAMP_ALIASES: Mapping[str, LampKey] = {
    "b": "b", "blue": "b", "y": "y", "yellow": "y", "r": "r", "red": "r", "n": "n", "none": "n", "": "n",
}  # fmt: skip
LAMP_SHAPES: Mapping[LampKey, str] = {
    "b": '<circle cx="8" cy="8" r="7"/>',
    "y": '<path d="M8 1.5 15 14H1z" stroke-linejoin="round"/>',
    "r": '<rect x="1.5" y="1.5" width="13" height="13" rx="2"/>',
    "n": '<circle cx="8" cy="8" r="6"/>',
}
LAMP_WORDS: Mapping[LampKey, str | Promise] = {
    "b": gettext_lazy("蓝灯"),
    "y": gettext_lazy("黄灯"),
    "r": gettext_lazy("红灯"),
    "n": gettext_lazy("不计时"),
}

NEAR_DAYS = {-1: gettext_lazy("昨天"), 0: gettext_lazy("今天"), 1: gettext_lazy("明天")}

SENT_BACK = 9


@dataclass(frozen=True)
class Stage:
    """The sign of a state: how full its ring is, in quarters (0 is dashed, 4 is done, SENT_BACK turns back), and its
    word.
    """

    key: str
    quarters: int
    word: Text


STAGES: Registry[Stage] = Registry("signs of states", key=attrgetter("key"))
"""Added by the app that moves things through these states, with its own words."""


def stage_of(key: str) -> Stage:
    return STAGES.get(key) or Stage(key, 0, key)


def lamp_key(value: object) -> LampKey:
    """The one-letter key of a lamp; words such as "red" are understood, the unknown is unlit."""
    return LAMP_ALIASES.get(str(value or ""), "n")


@register.filter
def lampkey(value: object) -> LampKey:
    """`lamp_key` for templates."""
    return lamp_key(value)


@cache
def _asset_url(path: str) -> str:
    """Kept, as a process reads the manifest once; a file that it does not know (ValueError) is asked for again."""
    return static(path)


def asset_url(path: str) -> str:
    """The address of a static file, also before `collectstatic` has written the manifest."""
    try:
        return _asset_url(path)
    except ValueError:
        return f"{settings.STATIC_URL}{path}"


@register.simple_tag
def asset(path: str) -> str:
    """Like `static`, but an error page never dies for want of a manifest."""
    return asset_url(path)


@register.simple_tag
def i(name: str, css: str = "") -> SafeString:
    """An icon of the sprite; decoration only, so the text beside it must say the same."""
    return _icon(name, css, asset_url("icons.svg"))


@lru_cache(maxsize=512)
def _icon(name: str, css: str, sprite: str) -> SafeString:
    return format_html(
        '<svg class="i{}" width="20" height="20" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        f" {css}" if css else "",
        sprite,
        name,
    )


@register.simple_tag
def lamp(key: str, text: object = None, pill: bool = False) -> SafeString:
    """Colour, shape and word together; `text` replaces the word, `pill` gives it a ground."""
    known = lamp_key(key)
    return format_html("{}{}</span>", _lamp(known, pill), LAMP_WORDS[known] if text is None else text)


@cache
def _lamp(key: LampKey, pill: bool) -> SafeString:
    ground = " pill" if pill else ""
    shape = f'<svg viewBox="0 0 16 16" aria-hidden="true">{LAMP_SHAPES[key]}</svg>'
    return SafeString(f'<span class="lamp {key}{ground}">{shape}')


def ring_svg(quarters: int) -> SafeString:
    """The stage ring: 0 dashed, 1 to 3 quarters, 4 ticked, 9 sent back."""
    outline = '<circle cx="8" cy="8" r="6.6" fill="none" stroke="currentColor" stroke-width="1.6"{}/>'
    if quarters == SENT_BACK:
        inside = outline.format("") + (
            '<path d="M9.8 5 6.4 8l3.4 3" fill="none" stroke="currentColor" stroke-width="1.7"/>'
        )
    elif quarters == 4:
        inside = (
            '<circle cx="8" cy="8" r="7.4" fill="currentColor"/>'
            '<path d="m4.6 8.3 2.3 2.3 4.5-4.8" fill="none" stroke="#fff" stroke-width="1.8"/>'
        )
    elif quarters == 0:
        inside = outline.format(' stroke-dasharray="2.3 1.85"')
    else:
        angle = quarters / 4 * 2 * math.pi
        x, y = 8 + 4.2 * math.sin(angle), 8 - 4.2 * math.cos(angle)
        arc = f'<path d="M8 8V3.8A4.2 4.2 0 {int(quarters > 2)} 1 {x:.1f} {y:.1f}z" fill="currentColor"/>'
        inside = outline.format("") + arc
    return SafeString(f'<svg viewBox="0 0 16 16" aria-hidden="true">{inside}</svg>')


@register.simple_tag
def stage(key: str, text: object = None) -> SafeString:
    """The ring of a workflow state with its word; `text=""` keeps the word for screen readers only."""
    if text is None:
        return _stage(str(key), get_language())
    sign = stage_of(str(key))
    label = format_html('<span class="vh">{}</span>', sign.word) if text == "" else text
    return format_html('<span class="stage">{}{}</span>', ring_svg(sign.quarters), label)


@lru_cache(maxsize=256)
def _stage(key: str, _language: str | None) -> SafeString:
    sign = stage_of(key)
    return format_html('<span class="stage">{}{}</span>', ring_svg(sign.quarters), sign.word)


@register.filter
def stage_word(key: str) -> str:
    """The word of a workflow state alone."""
    return str(stage_of(str(key)).word)


@register.filter
def words(text: str) -> list[str]:
    """Split at blanks, for short fixed lists in templates."""
    return text.split()


@register.filter
def lookup(mapping: Mapping[str, object] | None, key: object) -> object:
    """`{{ icons|lookup:value }}`: an empty string where the key is missing."""
    return (mapping or {}).get(str(key), "")


def span_text(span: timedelta, *, short: bool = False) -> str:
    """A length of time in its two largest units: 2 天 5 小时, 7 小时 36 分, 36 分."""
    minutes = max(0, int(span.total_seconds() // 60))
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    hour_word = gettext("时") if short else gettext("小时")
    if days:
        parts = [f"{days} {gettext('天')}"] + ([f"{hours} {hour_word}"] if hours else [])
    elif hours:
        parts = [f"{hours} {hour_word}"] + ([f"{minutes:02d} {gettext('分')}"] if minutes else [])
    else:
        parts = [f"{minutes} {gettext('分')}"]
    return " ".join(parts)


@register.filter
def remaining(due: datetime | None, look: str = "") -> str:
    """剩 7 小时 36 分 before `due`, 超 1 天 17 小时 after it; `short` writes 时 for 小时."""
    if due is None:
        return ""
    gap = due - clock.now()
    word = gettext("超") if gap < timedelta(0) else gettext("剩")
    return f"{word} {span_text(abs(gap), short=look == 'short')}"


@register.filter
def when(moment: datetime | None) -> str:
    """今天 18:00, 昨天 16:20, 11月18日 17:30, 2025年11月18日 17:30 in county time."""
    if moment is None:
        return ""
    there = clock.local(moment)
    apart = (there.date() - clock.today()).days
    if apart in NEAR_DAYS:
        day = str(NEAR_DAYS[apart])
    elif there.year == clock.today().year:
        day = f"{there.month}月{there.day}日"
    else:
        day = f"{there.year}年{there.month}月{there.day}日"
    return f"{day} {there:%H:%M}"


@register.filter
def iso(moment: datetime | None) -> str:
    """For `datetime` attributes, with the county's offset."""
    return clock.local(moment).isoformat(timespec="minutes") if moment else ""


@register.simple_tag
def now_iso() -> str:
    """The server's time, against which the page counts down whatever the device's clock says."""
    return clock.now().isoformat(timespec="seconds")


@register.simple_tag
def now_said() -> str:
    """2026年11月18日 17:30, as paper says it, which is read on other days."""
    there = clock.local(clock.now())
    return f"{there.year}年{there.month}月{there.day}日 {there:%H:%M}"


@register.simple_tag
def once_key() -> str:
    """A fresh idempotency key for a form that is written out by hand."""
    return str(uuid.uuid4())


@register.simple_tag
def request_id() -> str:
    """The id under which the log knows this request: the reference code of an error page."""
    return str(get_contextvars().get("request_id", ""))

"""Figures drawn on the server: bars, Wilson whiskers, trends, funnels, heat steps.

Owns geometry only. No style attributes (the content security policy forbids them): sizes are SVG attributes,
in a funnel classes. A mark with a `url` is a link; every figure belongs beside a table of its numbers.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TypedDict

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from core.templatetags.ui import lamp_key
from core.web.stencil import Stencil

register = template.Library()

TINY_PER_CENT = 5
HEAT_STEPS = 5
TICK_EVERY = 3
LABEL_APART = 22


class Part(TypedDict, total=False):
    """One piece of a funnel bar: `n` cases, a `label`, where it leads, and its `tone` (a, b2, c2, hatch)."""

    n: int
    label: str
    url: str
    tone: str


class FunnelRow(TypedDict, total=False):
    """One bar of a funnel; `note` stands in the empty remainder."""

    title: str
    total: int
    parts: Sequence[Part]
    note: str


def clamp(value: float, low: float, high: float) -> float:
    return max(low, min(high, value))


def wilson(hits: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """95% interval of a share; without cases it is the whole range."""
    if total <= 0:
        return 0.0, 1.0
    share = hits / total
    scale = 1 + z * z / total
    centre = (share + z * z / (2 * total)) / scale
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / scale
    return max(0.0, centre - half), min(1.0, centre + half)


@register.simple_tag
def bar(percent: float | None, lamp: str = "", label: str = "") -> SafeString:
    """A filled bar, 0 to 100; `lamp` b/y/r colours it; without a label it is decoration."""
    filled = clamp(float(percent or 0), 0, 100)
    spoken = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="bar {}" viewBox="0 0 100 6" preserveAspectRatio="none" {}>'
        '<rect class="fill" width="{}" height="6"/></svg>',
        lamp_key(lamp) if lamp else "",
        spoken,
        f"{filled:g}",
    )


@register.simple_tag
def whisker(hits: int, total: int, low: float = 0.5, target: float = 0.9) -> SafeString:
    """The Wilson interval of hits ÷ total on a line from `low` to 1, with a mark at `target`."""
    if total <= 0:
        return SafeString("")
    start, end = wilson(hits, total)

    def x(share: float) -> int:
        return round(5 + (clamp(share, low, 1) - low) / (1 - low) * 110)

    return format_html(
        '<svg class="wh" viewBox="0 0 120 16" role="img" aria-label="{}"><path class="tgt" d="M{} 0v16"/>'
        '<path class="w" d="M{} 8H{}"/><circle class="p" cx="{}" cy="8" r="4"/></svg>',
        gettext("95% 区间 {start} 至 {end}").format(start=f"{start:.0%}", end=f"{end:.0%}"),
        x(target),
        x(start),
        x(end),
        x(hits / total),
    )


@register.simple_tag
def heat_step(value: float | None, top: float = 5.0) -> str:
    """Class h0 to h5 of a heat tile: `value` against `top`, from which on the darkest step is used."""
    if not value or top <= 0:
        return "h0"
    return f"h{int(clamp(math.ceil(value / top * HEAT_STEPS), 1, HEAT_STEPS))}"


HEAT_CELL = Stencil("components/heat_cell.html", "step", "url", "label", "count")


@register.simple_tag
def heat_cells(cells: Iterable[Mapping[str, object]]) -> SafeString:
    """The tiles of one village: [{count, step, url, label, red}]."""
    return SafeString("".join(HEAT_CELL.cut(red=bool(cell.get("red")))(cell) for cell in cells))


@register.simple_tag
def twin_rows(rows: Iterable[Sequence[object]]) -> SafeString:
    """The rows of a table twin: [[label, cell, …]]."""
    return SafeString("".join(map(_twin_row, rows)))


def _twin_row(row: Sequence[object]) -> str:
    label, *cells = (conditional_escape(cell if isinstance(cell, str) else str(cell)) for cell in row)
    return f'<tr><th scope="row">{label}</th>' + "".join(f'<td class="r">{cell}</td>' for cell in cells) + "</tr>"


def width(percent: float | None) -> str:
    """Classes t0 to t10 and u0 to u9 (tens and units of flex-grow) for a share in per cent."""
    tens, units = divmod(round(clamp(float(percent or 0), 0, 100)), 10)
    return f"t{tens} u{units}"


@register.simple_tag
def funnel(rows: Iterable[FunnelRow], base: int = 0) -> SafeString:
    """Bars on one scale: `base` cases are the full width (default: the largest total)."""
    listed = list(rows)
    sums = [sum(part["n"] for part in row["parts"]) for row in listed]
    whole = base or max(sums, default=0) or 1
    drawn = ((_funnel_row(row, cases, whole),) for row, cases in zip(listed, sums, strict=True))
    return format_html('<dl class="fun">{}</dl>', format_html_join("", "{}", drawn))


def _funnel_row(row: FunnelRow, cases: int, whole: int) -> SafeString:
    rest = max(0, 100 - round(cases / whole * 100))
    gap = format_html('<span class="gap part {}">{}</span>', width(rest), row.get("note", "")) if rest > 1 else ""
    parts = format_html_join("", "{}", ((_funnel_part(part, whole),) for part in row["parts"] if part["n"]))
    return format_html('<dt>{}<b>{}</b></dt><dd class="fbar">{}{}</dd>', row["title"], row["total"], parts, gap)


def _funnel_part(part: Part, whole: int) -> SafeString:
    per_cent = part["n"] / whole * 100
    size = "tiny" if per_cent < TINY_PER_CENT else width(max(1, round(per_cent)))
    look = f"part {part.get('tone') or 'c2'} {size}"
    inside = format_html("<b>{}</b>{}", part["n"], part["label"])
    if url := part.get("url"):
        return format_html('<a class="{}" href="{}">{}</a>', look, url, inside)
    return format_html('<span class="{}">{}</span>', look, inside)


class _Plot:
    """The drawing area of a trend: turns week numbers and values into coordinates."""

    width, height = 640, 220
    right, top, bottom = 124, 14, 36

    def __init__(self, count: int, peak: int) -> None:
        self.count = max(count, 2)
        self.tick = _nice_step(peak / 3)
        self.peak = max(self.tick * math.ceil(peak / self.tick), self.tick)
        self.left = 14 + 12 * len(str(self.peak))
        self.step = (self.width - self.left - self.right) / (self.count - 1)

    def x(self, position: int) -> float:
        return self.left + position * self.step

    def y(self, value: float) -> float:
        return self.top + (1 - value / self.peak) * (self.height - self.top - self.bottom)

    def line(self, values: Sequence[int]) -> str:
        return " ".join(f"{self.x(k):.1f},{self.y(v):.1f}" for k, v in enumerate(values))


def _nice_step(raw: float) -> int:
    """The next of 1, 2, 4, 5, 10, 20, 40, 50 … above `raw`."""
    magnitude = 10 ** max(0, math.floor(math.log10(raw))) if raw > 0 else 1
    return next((step * magnitude for step in (1, 2, 4, 5) if step * magnitude >= raw), 10 * magnitude)


@register.simple_tag
def trend(
    labels: Sequence[str],
    first: Sequence[int],
    second: Sequence[int],
    names: Sequence[str] = ("受理", "办结"),
    urls: Sequence[str] = (),
    title: str = "",
) -> SafeString:
    """Two lines over time, named on the line; where `urls` are given each column links to its cases."""
    if not labels:
        return SafeString("")
    plot = _Plot(len(labels), max([*first, *second, 1]))
    inside = [
        _axis(plot),
        _ticks(plot, labels),
        _lines(plot, first, second),
        _ends(plot, first, second, names),
        _columns(plot, labels, first, second, names, urls),
    ]
    return format_html(
        '<div class="figure" tabindex="0" role="group" aria-label="{}">'
        '<svg class="chart" viewBox="0 0 {} {}" {}>{}</svg></div>',
        title or gettext("趋势图"),
        plot.width,
        plot.height,
        "" if urls else format_html('role="img" aria-label="{}"', title or gettext("趋势图")),
        format_html_join("", "{}", ((piece,) for piece in inside)),
    )


def _axis(plot: _Plot) -> SafeString:
    values = range(0, plot.peak + 1, plot.tick)
    return format_html_join(
        "",
        '<path class="ax" d="M{} {}H{}"/><text x="{}" y="{}" text-anchor="end">{}</text>',
        (
            (plot.left, f"{plot.y(v):.0f}", plot.width - plot.right, plot.left - 8, f"{plot.y(v) + 4:.0f}", v)
            for v in values
        ),
    )


def _ticks(plot: _Plot, labels: Sequence[str]) -> SafeString:
    last = len(labels) - 1
    return format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="middle">{}</text>',
        (
            (f"{plot.x(k):.0f}", plot.height - 6, text)
            for k, text in enumerate(labels)
            if (last - k) % TICK_EVERY == 0 or last < TICK_EVERY
        ),
    )


def _lines(plot: _Plot, first: Sequence[int], second: Sequence[int]) -> SafeString:
    ground = f"{plot.y(0):.0f}"
    return format_html(
        '<polygon class="area" points="{},{} {} {},{}"/>'
        '<polyline class="l2" points="{}"/><polyline class="l1" points="{}"/>',
        f"{plot.x(0):.1f}",
        ground,
        plot.line(first),
        f"{plot.x(len(first) - 1):.1f}",
        ground,
        plot.line(second),
        plot.line(first),
    )


def _ends(plot: _Plot, first: Sequence[int], second: Sequence[int], names: Sequence[str]) -> SafeString:
    x, upper, lower = plot.x(len(first) - 1), plot.y(first[-1]), plot.y(second[-1])
    first_y, second_y = upper + 4, lower + 4
    if abs(first_y - second_y) < LABEL_APART:
        shift = (LABEL_APART - abs(first_y - second_y)) / 2
        sign = -1 if first_y <= second_y else 1
        first_y, second_y = first_y + sign * shift, second_y - sign * shift
    return format_html(
        '<circle class="end" cx="{}" cy="{}" r="3.5"/>'
        '<text class="lab t1" x="{}" y="{}">{} {}</text><text class="lab t2" x="{}" y="{}">{} {}</text>',
        f"{x:.1f}",
        f"{upper:.1f}",
        f"{x + 9:.0f}",
        f"{first_y:.0f}",
        names[0],
        first[-1],
        f"{x + 9:.0f}",
        f"{second_y:.0f}",
        names[1],
        second[-1],
    )


def _columns(
    plot: _Plot,
    labels: Sequence[str],
    first: Sequence[int],
    second: Sequence[int],
    names: Sequence[str],
    urls: Sequence[str],
) -> SafeString:
    rows = (
        (
            url,
            f"{label}: {names[0]} {a}, {names[1]} {b}",
            f"{clamp(plot.x(k) - plot.step / 2, 0, plot.width):.1f}",
            f"{plot.step:.1f}",
            plot.height,
        )
        for k, (label, a, b, url) in enumerate(zip(labels, first, second, urls, strict=False))
        if url
    )
    return format_html_join(
        "",
        '<a href="{}" aria-label="{}"><rect class="hit" x="{}" y="0" width="{}" height="{}"/></a>',
        rows,
    )


@register.filter
def share(part: int | float | None, whole: int | float | None) -> float:
    """`part` in per cent of `whole`; 0 where there is no whole."""
    return 100 * part / whole if part and whole else 0.0


@register.filter
def rate(value: float | None) -> str:
    """A share 0…1 as 94.2% (100% and 0% without decimals, — where there is none)."""
    if value is None:
        return "—"
    text = f"{value:.1%}"
    return text.replace(".0%", "%")


def table_of(labels: Sequence[str], columns: Mapping[str, Sequence[object]]) -> dict[str, object]:
    """The table twin of a figure, for `components/table_twin.html`."""
    rows = [[label, *cells] for label, *cells in zip(labels, *columns.values(), strict=True)]
    return {"head": list(columns), "rows": rows}

"""The form for the official days of a year: days and spans of days as the announcement writes them, one a line."""

import re
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.text import plain as one_width
from core.web.forms import CleanForm

DAY = r"(?:\d{4}[年./-])?(\d{1,2})[月./-](\d{1,2})日?"
SPAN = re.compile(rf"{DAY}(?:(?:至|到|—|–|-|~|～)(?:{DAY}|(\d{{1,2}})日?))?", re.ASCII)
LONGEST_SPAN = 20


def days_in(text: str, year: int) -> set[date]:
    """The days that lines such as 10月1日至7日, 1月31日至2月6日 or 2027-02-20 name; raises ValueError with the line."""
    found: set[date] = set()
    for line in re.split(r"[\n;；,，、]+", text):
        plain = re.sub(r"\s+|\([^)]*\)", "", one_width(line))
        if plain:
            found |= _span(plain, line.strip(), year)
    return found


def _span(plain: str, line: str, year: int) -> set[date]:
    match = SPAN.fullmatch(plain)
    if match is None:
        raise ValueError(line)
    month, day, last_month, last_day, same_month_day = (int(part) if part else None for part in match.groups())
    try:
        first = date(year, month or 0, day or 0)
        last = date(year, last_month or month or 0, last_day or same_month_day or day or 0)
    except ValueError:
        raise ValueError(line) from None
    span = (last - first).days
    if not 0 <= span < LONGEST_SPAN:
        raise ValueError(line)
    return {first + timedelta(days=n) for n in range(span + 1)}


def _area(label: Any, help_text: Any, *, required: bool) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, required=required, max_length=1000, widget=forms.Textarea({"rows": 6})
    )


class YearForm(CleanForm):
    """A year, the document that arranges it, days off and weekend days that are worked for them."""

    year = forms.IntegerField(label=_("年份"), min_value=2024, max_value=2100)
    document = forms.CharField(label=_("依据"), max_length=100, help_text=_("例如：国办发明电〔2026〕7号"))
    off = _area(_("放假"), _("一行一段，例如：10月1日至7日；法定节假日都要在里面"), required=True)
    worked = _area(_("调休上班的周末"), _("一行一天，例如：2月14日；没有就空着"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        year = cleaned.get("year")
        for name in ("off", "worked"):
            if year is not None and name in cleaned:
                try:
                    cleaned[name] = days_in(cleaned[name], year)
                except ValueError as bad:
                    self.add_error(
                        name, _now("看不懂“%(line)s”，请写成 10月1日 或 10月1日至7日") % {"line": str(bad)[:40]}
                    )
        return cleaned

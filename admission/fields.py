"""Form fields that several forms of the gate share: lines of text, documents by number, days, townships."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from admission.library.pdf import BadPdf, Pdf, prepare
from admission.models import Policy
from admission.workflow.rules import MINUTES_MOST
from grids.models import Area
from members.models import User

BREAKS = re.compile(r"[\n,，、;；]+")
TEXT_MAX = 2000
LINE_MAX = 40


def minutes(**more: Any) -> forms.IntegerField:
    widget = forms.NumberInput({"inputmode": "numeric"})
    return forms.IntegerField(widget=widget, **({"min_value": 1, "max_value": MINUTES_MOST} | more))


class LinesField(forms.CharField):
    """Several short texts, one a line or with signs between; cleans to a list without doubles."""

    widget = forms.Textarea({"rows": 3})

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        self.most = most
        super().__init__(max_length=TEXT_MAX, **kwargs)

    def clean(self, value: Any) -> list[str]:
        found = list(dict.fromkeys(part.strip() for part in BREAKS.split(super().clean(value)) if part.strip()))
        if len(found) > self.most:
            raise ValidationError(_("最多 %(n)d 项"), code="too_many", params={"n": self.most})
        long = next((part for part in found if len(part) > LINE_MAX), "")
        if long:
            raise ValidationError(_("“%(text)s…”太长，每项最多 %(n)d 个字"), params={"text": long[:10], "n": LINE_MAX})
        return found


class PoliciesField(LinesField):
    """Documents of the library by their numbers; cleans to the newest edition of each."""

    def __init__(self, user: User, *, valid_only: bool = True, **kwargs: Any) -> None:
        self.user, self.valid_only = user, valid_only
        super().__init__(most=10, **kwargs)

    def clean(self, value: Any) -> list[Policy]:  # type: ignore[override]  # numbers become documents
        found = []
        for number in super().clean(value):
            rows = Policy.objects.visible_to(self.user).filter(number=number).order_by("-valid_from", "-pk")
            policy = next((row for row in rows if row.is_valid), rows.first())
            if policy is None:
                raise ValidationError(_("政策文件库里没有“%(number)s”，请先入库"), params={"number": number})
            if self.valid_only and not policy.is_valid:
                raise ValidationError(_("“%(number)s”现在不是有效文件"), params={"number": number})
            found.append(policy)
        return found


class TownshipsField(forms.TypedMultipleChoiceField):
    """Several townships; cleans to a list."""

    def __init__(self, towns: Sequence[Area], **kwargs: Any) -> None:
        by_code = {town.code: town for town in towns}
        super().__init__(
            choices=[(code, town.name) for code, town in by_code.items()],
            coerce=by_code.__getitem__,
            empty_value=[],
            widget=forms.CheckboxSelectMultiple,
            **kwargs,
        )


class PdfField(forms.FileField):
    """One PDF; cleans to a `Pdf`, or None."""

    widget = forms.FileInput({"accept": "application/pdf"})

    def clean(self, data: Any, initial: Any = None) -> Pdf | None:
        file = super().clean(data, initial)
        if not file:
            return None
        try:
            return prepare(file)
        except BadPdf as error:
            raise ValidationError(error.message, code="bad_pdf") from error

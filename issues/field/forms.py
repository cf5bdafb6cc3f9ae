"""The form of a finding: photo, what, where, a word. One tap on a tile fills in whose duty it is."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.web.forms import IdempotentForm, LongText, PhoneField, PicturesField, offer
from duties.models import DutyItem, ListVersion
from duties.shapes.rules import Rules
from grids.models import Area, Household
from issues.engine.intake import Then
from issues.engine.new_ticket import Contact, NewTicket
from issues.models import Source
from issues.stepping.fields import ItemField, asked, example_of
from issues.workflow import WHISTLE_CAUSES

WORDS_MAX = 1000


class LogForm(IdempotentForm):
    """上报 by the grid. `which` is for everything that has no tile, and wins over a tile."""

    photos = PicturesField(
        label=gettext_lazy("照片"), required=False, may_follow=True, help_text=gettext_lazy("最多 9 张")
    )
    item = forms.ChoiceField(
        label=gettext_lazy("是什么问题"),
        required=False,
        help_text=gettext_lazy("本网格常报的在前"),
        widget=forms.RadioSelect,
    )
    area = forms.TypedChoiceField(label=gettext_lazy("哪个网格"))
    where = asked("place", widget=example_of("place"))
    words = LongText(
        2,
        label=gettext_lazy("补充说明"),
        required=False,
        max_length=WORDS_MAX,
        help_text=gettext_lazy("可不填，可用输入法语音"),
        placeholder=gettext_lazy("例：下雨水漫进两户人家"),
    )
    cause = forms.ChoiceField(
        label=gettext_lazy("吹哨的原因"),
        required=False,
        choices=list(WHISTLE_CAUSES.items()),
        widget=forms.RadioSelect(attrs={"form": "form"}),  # on the phone it stands beside the buttons, outside the form
        help_text=gettext_lazy("吹哨时选一个"),
    )
    do = forms.TypedChoiceField(
        choices=[(then.value, then.value) for then in Then], coerce=Then, empty_value=Then.WAIT, required=False
    )

    def __init__(
        self, areas: Sequence[Area], tiles: Sequence[DutyItem], version: ListVersion, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.version = version
        self.tiles = {tile.code: tile for tile in tiles}
        by_code = {area.code: area for area in areas}
        item, area = self.fields["item"], self.fields["area"]
        offer(item, ((code, called(tile)) for code, tile in self.tiles.items()))
        offer(area, _grouped(areas), each=by_code)
        self.fields["which"] = ItemField(
            version, label=_("其他事项"), required=False, help_text=_("上面没有的，输入编号、名称或群众叫法")
        )
        self.order_fields(["photos", "item", "which"])

    @property
    def icons(self) -> dict[str, str]:
        return {code: tile.icon or "doc" for code, tile in self.tiles.items()}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["chosen"] = data.get("which") or self.tiles.get(data.get("item", ""))
        if data["chosen"] is None and not {"item", "which"} & self.errors.keys():
            self.add_error("item", _("请点一类，或在“其他事项”里写明"))
        if data.get("do") == Then.WHISTLE and not data.get("cause") and "cause" in self.fields:
            self.add_error("cause", _("请选吹哨的原因"))
        if data.get("do") == Then.DONE and data["chosen"] is not None and not data.get("photos"):
            self._ask_for_photos(data["chosen"])
        return data

    def _ask_for_photos(self, item: DutyItem) -> None:
        """What is settled on the spot is shown where the list or the county wants to see it."""
        if "photos" not in self.errors and (item.needs_photo or Rules.from_json(self.version.rules).settle_needs_photo):
            self.add_error("photos", _("此事项办结须附现场照片"))

    @property
    def then(self) -> Then:
        """What is to happen to the ticket next."""
        return Then(self.cleaned_data["do"])

    def new_ticket(self, household: Household | None) -> NewTicket:
        data = self.cleaned_data
        return NewTicket(
            area=data["area"],
            source=Source.WORKER,
            item=data["chosen"],
            description=data["words"],
            where=data["where"],
            household=household,
            pictures=data["photos"],
        )


class CounterForm(LogForm):
    """代录 by a dispatcher: with a resident's contact it is that resident's order."""

    name = forms.CharField(label=gettext_lazy("点单人称呼"), required=False, max_length=20)
    phone = PhoneField(
        label=gettext_lazy("点单人电话"), required=False, help_text=gettext_lazy("代居民点单时填，办结后回访")
    )

    cause = None  # type: ignore[assignment]  # a dispatcher logs and leaves it to the grid

    def new_ticket(self, household: Household | None) -> NewTicket:
        data = self.cleaned_data
        source = Source.ORDER if data["phone"] else Source.COUNTER
        return replace(super().new_ticket(household), contact=Contact(data["name"], data["phone"]), source=source)


def called(item: DutyItem) -> str:
    """What people call an item, short enough for a tile."""
    return str((item.aliases or [item.name])[0])


def _grouped(areas: Iterable[Area]) -> list[Any]:
    """Grids by code and name; under the name of what lies above where there are several of those."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for area in areas:
        groups.setdefault(area.parent.name if area.parent else "", []).append((area.code, area.name))
    return list(groups.items()) if len(groups) > 1 else next(iter(groups.values()), [])

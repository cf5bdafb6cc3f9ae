"""Forms of residents. Nothing is required but what it is about; no account, no puzzle."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.templatetags.ui import when
from core.text import Text
from core.web.forms import AskingForm, CleanForm, CodeField, IdempotentForm, LongText, PhoneField, PicturesField, offer
from duties.models import DutyItem
from grids.models import Area
from issues.engine.new_ticket import Contact, NewTicket
from issues.models import Source, Ticket
from issues.stepping.fields import asked, example_of
from issues.workflow import SATISFACTION, SOLVED, STATES, State

OTHER = "other"
WORDS_MAX = 500
TAIL = 4
REFUSED = gettext_lazy("提交没有被接收，请刷新页面后重试或直接打电话")


@dataclass(frozen=True)
class Neighbour:
    """What a neighbour may know of an order: matter, grid, how far and since when; never place, words or names."""

    number: str
    what: str
    where: str
    how_far: Text
    since: str
    is_chosen: bool


def _told(ticket: Ticket, *, is_chosen: bool) -> Neighbour:
    return Neighbour(
        number=ticket.number,
        what=ticket.item.name if ticket.item else "",
        where=ticket.area.short_name,
        how_far=STATES[State(ticket.state)].resident_word,
        since=when(ticket.placed_at),
        is_chosen=is_chosen,
    )


class OrderForm(AskingForm, IdempotentForm):
    """点单: one of the grid's common matters or something else, and what the resident wants to say."""

    item = forms.ChoiceField(
        label=gettext_lazy("是什么事"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选一件，或选“其他”")},
    )
    same_as = forms.ChoiceField(
        label=gettext_lazy("是不是同一件事"),
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": gettext_lazy("那一件刚刚有了变动，不能再选；请重新选，或单独点单")},
    )
    photos = PicturesField(
        label=gettext_lazy("照片"), required=False, may_follow=True, help_text=gettext_lazy("可不拍，最多 9 张")
    )
    words = LongText(
        3,
        label=gettext_lazy("说两句"),
        required=False,
        max_length=WORDS_MAX,
        placeholder=gettext_lazy("例：下雨水漫进屋，老人走路怕跌倒"),
    )
    where = asked("place", label=gettext_lazy("在哪里"), widget=example_of("place"))
    name = forms.CharField(label=gettext_lazy("怎么称呼您"), required=False, max_length=20)
    phone = PhoneField(label=gettext_lazy("电话"), required=False)
    website = forms.CharField(required=False, max_length=100)
    """A field no person sees; what fills it in is a program."""

    def __init__(
        self, tiles: Sequence[DutyItem], alike: Callable[..., Sequence[Ticket]], *args: Any, **kwargs: Any
    ) -> None:
        """`alike` finds the tickets of some items; it is asked only where one may be shown or was chosen."""
        super().__init__(*args, **kwargs)
        self._alike = alike
        self.fields["item"].required = not (self.is_bound and self.data.get("same_as"))
        same_as: Any = self.fields["same_as"]
        same_as.choices = self._known
        self.tiles = {tile.code: tile for tile in tiles}
        names = [(code, (tile.aliases or [tile.name])[0]) for code, tile in self.tiles.items()]
        offer(self.fields["item"], [*names, (OTHER, _("其他"))])

    @property
    def chosen(self) -> str:
        """The tile that was chosen so far; empty while none is."""
        code = str(self["item"].value() or "")
        return code if code in self.tiles else ""

    @cached_property
    def nearby(self) -> dict[str, Ticket]:
        """The tickets of others that may be about the same matter, by number: of the chosen tile, of all before.

        One that was chosen stays a choice, whatever tile was pressed after it.
        """
        found = {ticket.number: ticket for ticket in self._alike(*([self.chosen] if self.chosen else self.tiles))}
        wanted = str(self["same_as"].value() or "")
        if wanted and wanted not in found:
            found |= {ticket.number: ticket for ticket in self._alike(*self.tiles) if ticket.number == wanted}
        return found

    @property
    def neighbours(self) -> list[Neighbour]:
        wanted = str(self["same_as"].value() or "")
        return [_told(ticket, is_chosen=number == wanted) for number, ticket in self.nearby.items()]

    def _known(self) -> list[tuple[str, str]]:
        return [("", _("都不是")), *((number, number) for number in self.nearby)]

    @property
    def icons(self) -> dict[str, str]:
        return {code: tile.icon or "doc" for code, tile in self.tiles.items()} | {OTHER: "all"}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("website"):
            raise ValidationError(REFUSED, code="robot")
        if data.get("item") == OTHER and not data.get("words") and "words" not in self.errors:
            self.add_error("words", _("选了“其他”，请说说是什么事"))
        return data

    @property
    def same(self) -> Ticket | None:
        """The ticket of somebody else that is about the same matter, if the resident says so."""
        number = self.cleaned_data.get("same_as")
        return self.nearby.get(number) if number else None

    def new_ticket(self, area: Area) -> NewTicket:
        data, same = self.cleaned_data, self.same
        return NewTicket(
            area=area,
            source=Source.ORDER,
            item=same.item if same else self.tiles.get(data["item"]),
            description=data["words"],
            where=data["where"],
            contact=Contact(data["name"], data["phone"]),
            pictures=data["photos"],
        )


class AdditionForm(IdempotentForm):
    """补充: more words or photos on an open order."""

    note = LongText(3, label=gettext_lazy("补充什么"), max_length=WORDS_MAX)
    photos = PicturesField(
        label=gettext_lazy("照片"), required=False, may_follow=True, help_text=gettext_lazy("可不拍，最多 9 张")
    )


class RatingForm(IdempotentForm):
    """The resident's word: four steps of satisfaction, and whether it is solved."""

    solved = forms.ChoiceField(
        label=gettext_lazy("事情解决了吗"), choices=list(SOLVED.items()), widget=forms.RadioSelect
    )
    satisfaction = forms.TypedChoiceField(
        label=gettext_lazy("对办理满意吗"), choices=list(SATISFACTION.items()), coerce=int, widget=forms.RadioSelect
    )
    note = LongText(3, label=gettext_lazy("想说的话"), required=False, max_length=WORDS_MAX)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("solved") == "not" and not data.get("note") and "note" not in self.errors:
            self.add_error("note", _("请写明还有什么没解决，好让重办的人知道"))
        return data

    @property
    def step(self) -> str:
        """Only 未解决 opens the next round (the county's rule `callback.reopen_on`)."""
        return "callback_unsolved" if self.cleaned_data["solved"] == "not" else "callback_solved"


class ReopenForm(RatingForm):
    """An order that was closed and turns out not to be solved."""

    solved = forms.ChoiceField(
        label=gettext_lazy("现在是什么情况"),
        choices=[(key, SOLVED[key]) for key in ("not", "partly")],
        widget=forms.RadioSelect,
    )
    note = LongText(3, label=gettext_lazy("还有什么没解决"), max_length=WORDS_MAX)
    step = "reopen"


class CodeForm(AskingForm):
    """The tracking code, however it was typed."""

    code = CodeField(
        label=gettext_lazy("查询码"),
        max_length=20,
        help_text=gettext_lazy("点单后给您的 8 位字母和数字"),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).replace("-", "")


class TailForm(CleanForm):
    """The last four digits of the phone that was left with the order."""

    tail = CodeField(
        label=gettext_lazy("点单电话的后 4 位"),
        max_length=TAIL,
        validators=[RegexValidator(r"^[0-9]{4}$", gettext_lazy("请填 4 位数字"))],
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )

"""The form that adds conditions to the queue. It only writes the address; `TicketFilter` reads it back."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.text import Text
from core.web.forms import CleanForm, DayField
from duties.models import Category
from duties.routing.deciding import NoListInForceError, version_in_force
from grids.levels import Level
from grids.models import Area
from issues.finding.conditions import CHOICES, LABELS, NONE, SORTS
from issues.finding.filters import TicketFilter
from issues.workflow import STATES
from members.access import Scope, scope_for
from members.models import Department, User

ANY = _("不限")
Options = Iterable[tuple[str, Text]]


class ConditionForm(CleanForm):
    """Every condition of `issues.finding.conditions`, filled with those of the present list."""

    def __init__(self, chosen: TicketFilter, user: User) -> None:
        super().__init__(initial=_initial(chosen), auto_id="f_%s")
        scope = scope_for(user).seeing("tickets")
        self.fields["view"] = forms.CharField(widget=forms.HiddenInput, required=False)
        self._offer("area", _areas(scope, chosen))
        self._offer("dept", [(NONE, _("未定")), *((d.code, str(d)) for d in _departments(scope))])
        self._offer("category", [(NONE, _("未定")), *_categories()])
        self.fields["item"] = forms.CharField(label=str(LABELS["item"]), required=False, max_length=8)
        for name in ("grade", "lamp", "source", "route"):
            self._offer_choices(name)
        for name in ("placed_from", "placed_to"):
            self.fields[name] = DayField(label=str(LABELS[name]), required=False)
        for name in CHOICES:
            if name not in self.fields:
                self._offer_choices(name)
        self.fields["q"] = forms.CharField(label=str(LABELS["q"]), required=False, max_length=100)
        self._offer("sort", [(key, word) for key, (word, _columns) in SORTS.items()], _("按灯色和期限"))
        self.fields["state"] = forms.MultipleChoiceField(
            label=str(LABELS["state"]),
            required=False,
            choices=[(state.value, info.label) for state, info in STATES.items()],
            widget=forms.CheckboxSelectMultiple,
        )

    def _offer(self, name: str, options: Options, none: Text = ANY) -> None:
        choices = [("", none), *options]
        self.fields[name] = forms.ChoiceField(label=str(LABELS[name]), required=False, choices=choices)

    def _offer_choices(self, name: str) -> None:
        self._offer(name, [(value, choice.word) for value, choice in CHOICES[name][1].items()])


def _initial(chosen: TicketFilter) -> dict[str, Any]:
    return chosen.conditions | {"view": chosen.view, "sort": chosen.sort}


def _areas(scope: Scope, chosen: TicketFilter) -> list[tuple[str, str]]:
    """The areas one step below the viewer's posts, and the one chosen already."""
    if scope.counties or not scope.posts or scope.departments:
        rows = Area.objects.in_use().filter(level=Level.TOWNSHIP)
    elif scope.townships:
        rows = Area.objects.in_use().filter(scope.tree_q(), level__in=(Level.VILLAGE, Level.DISTRICT))
    else:
        rows = Area.objects.in_use().filter(scope.tree_q(), level__in=(Level.GRID, Level.MICROGRID))
    found = [(area.code, area.short_name) for area in rows.order_by("code")]
    extra = chosen.area_row
    if extra and extra.code not in dict(found):
        found.insert(0, (extra.code, extra.short_name))
    return found


def _departments(scope: Scope) -> Iterable[Department]:
    """Departments that may lead in the viewer's places: the county's, and offices of the townships in scope."""
    rows = Department.objects.filter(retired_at__isnull=True)
    if scope.counties or scope.departments:
        return rows
    near = {post.area.code[:9] for post in scope.posts if post.area is not None}
    return [row for row in rows.select_related("township") if not row.township or row.township.code[:9] in near]


def _categories() -> list[tuple[str, str]]:
    try:
        version = version_in_force()
    except NoListInForceError:
        return []
    return [(c.code, str(c)) for c in Category.objects.filter(version=version)]

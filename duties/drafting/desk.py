"""The editor's page: what is wrong with the draft, one page of its table, and the side form beside it."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.web.forms import CleanForm
from duties.drafting.checking import findings
from duties.drafting.forms import EntryForm
from duties.extensions import observed_times
from duties.lists import queries
from duties.lists.comparing import Comparison, Row, history_steps
from duties.lists.list_search import Leaf, leaf, matches
from duties.lists.listing import Chosen, all_tab, grouped, shape_tabs
from duties.models import ListVersion
from duties.shapes.base import Finding


class EditorPage:
    """One answer of the editor; nothing is read before it is needed."""

    def __init__(self, request: HttpRequest, version: ListVersion, around: str = "") -> None:
        self.request, self.version, self.around = request, version, around
        self.chosen = Chosen.of(request)

    @cached_property
    def comparison(self) -> Comparison:
        return Comparison(self.version)

    @cached_property
    def kept(self) -> list[str]:
        """The codes of the table as it is narrowed."""
        lines, chosen = self.comparison.lines, self.chosen
        found = [match.skim for match in matches((line.skim for line in lines.values()), chosen.q)]
        if not chosen.q:
            found.sort(key=lambda skim: self.comparison.shape.tab_order(skim.tab))
        codes = [skim.code for skim in found]
        return [
            code
            for code in codes
            if (not chosen.tab or lines[code].skim.tab == chosen.tab) and (not chosen.changed or lines[code].mark)
        ]

    def next_code(self, code: str) -> str:
        codes = self.kept if code in self.kept else list(self.comparison.lines)
        return codes[(codes.index(code) + 1) % len(codes)]

    @cached_property
    def leaf(self) -> Leaf:
        return leaf(self.kept, self.chosen.after, self.around)

    def answer(self, form: EntryForm | None = None, row: Row | None = None, status: int = 200) -> HttpResponse:
        found = findings(self.comparison)
        blockers = [f for f in found if f.is_blocker]
        rows = self.comparison.rows(self.leaf.codes)
        context = {
            "nav": "lists",
            "version": self.version,
            "look": self.comparison.shape.look,
            "counts": self.comparison.counts,
            "blockers": blockers,
            "warnings": [f for f in found if not f.is_blocker],
            "wrong": _fields_by_code(blockers),
            "form": form,
            "row": row,
            "is_new": form is not None and form.is_new,
            "last": queries.last_write(self.version),
            "groups": grouped(rows, lambda one: one.heading),
            "page": self.leaf,
            "q": self.chosen.q,
            "cat": self.chosen.tab,
            "query": self.chosen.query,
            "address": self.chosen.address(),
            "category_tabs": self._tabs(),
            "keys": [{"key": "N", "text": _("新增")}, {"key": "Z", "text": _("撤销")}],
            **self._beside(row),
        }
        return render(self.request, "duties/edit.html", context, status=status)

    def _beside(self, row: Row | None) -> dict[str, Any]:
        if row is None:
            return {}
        kind = self.version.duty_list.kind
        steps = history_steps(queries.history(row.item.code, self.version, kind), self.comparison.shape)
        return {"history": steps, "observed_times": observed_times(kind, row.item.code)}

    def _tabs(self) -> list[dict[str, Any]]:
        comparison, chosen = self.comparison, self.chosen
        skims = [line.skim for line in comparison.lines.values()]
        changed = {
            "url": f"?{chosen.address(cat='', changed='1')}",
            "text": _("只看改动"),
            "count": comparison.counts["all"],
            "current": chosen.changed,
        }
        return [*all_tab(len(skims), chosen), *shape_tabs(comparison.shape, skims, chosen), changed]


def _fields_by_code(found: list[Finding]) -> dict[str, dict[str, bool]]:
    """Which cells of which rows stop the submission."""
    wrong: dict[str, dict[str, bool]] = {}
    for finding in found:
        wrong.setdefault(finding.code, {})[finding.field] = True
    return wrong


def refresh_revision(form: CleanForm, revision: int, name: str = "revision") -> None:
    """Show what was typed again, but as seen at the fresh revision."""
    data = QueryDict(mutable=True)
    for key in form.data:
        data.setlist(key, form.data.getlist(key))  # type: ignore[attr-defined]  # a posted form's QueryDict
    data[name] = str(revision)
    form.data = data

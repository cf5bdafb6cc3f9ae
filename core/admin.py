"""Django admin of the machinery, for system admins: read the trail, re-run parked rows, declare days."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.apps import apps
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.days import workdays
from core.jobs import outbox, parked
from core.models import AuditEntry, CalendarException, EngineBeat, OutboxRow
from core.trust import audit
from core.trust.acts import ACTS, kind_of, word_of
from core.web.forms import NoIdentityNumbers

if TYPE_CHECKING:
    AnyAdmin = admin.ModelAdmin[Any]
    CalendarAdmin = admin.ModelAdmin[CalendarException]
    AnyForm = forms.ModelForm[CalendarException]
else:  # Django's admin classes take no type parameters at run time
    AnyAdmin = CalendarAdmin = admin.ModelAdmin
    AnyForm = forms.ModelForm


apps.get_app_config("core").verbose_name = gettext_lazy("系统运行")  # stands over these rows


class Listed(AnyAdmin):
    """Rows are narrowed by what the page offers and by nothing else: `?password__startswith=` asks, digit by digit."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        offered = {one[0] if isinstance(one, tuple) else one for one in self.list_filter}
        return lookup.partition("__")[0] in offered and bool(super().lookup_allowed(lookup, value, request))


class ReadOnly(Listed):
    """Rows that only code writes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ActFilter(admin.SimpleListFilter):
    title = gettext_lazy("动作")
    parameter_name = "verb"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(act.verb, str(act.label)) for act in ACTS]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[AuditEntry]") -> "QuerySet[AuditEntry]":
        return queryset.filter(verb=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditAdmin(ReadOnly):
    list_display = fields = ("at", "actor_label", "act", "kind")
    list_filter = (ActFilter,)  # names and details stand on the page of the trail, which looks them up together
    ordering = ("-id",)
    show_full_result_count = False

    @admin.display(description=gettext_lazy("动作"))
    def act(self, row: AuditEntry) -> str:
        return word_of(row.verb)

    @admin.display(description=gettext_lazy("对象"))
    def kind(self, row: AuditEntry) -> str:
        return kind_of(row.object_type) if row.object_type else ""


@admin.register(EngineBeat)
class EngineBeatAdmin(ReadOnly):
    list_display = ("name", "at")


@admin.register(OutboxRow)
class OutboxAdmin(ReadOnly):
    list_display = ("what", "key", "queue", "attempts", "next_at", "done_at", "parked_at")
    list_filter = ("queue", ("parked_at", admin.EmptyFieldListFilter), ("done_at", admin.EmptyFieldListFilter))
    ordering = ("-id",)
    exclude = ("token",)
    actions = ("rerun_parked",)
    show_full_result_count = False

    @admin.display(description=gettext_lazy("事项"), ordering="topic")
    def what(self, row: OutboxRow) -> str:
        return str(parked.label_of(row.topic))

    @admin.action(description=gettext_lazy("重新执行已搁置的事项"))
    def rerun_parked(self, request: HttpRequest, queryset: "QuerySet[OutboxRow]") -> None:
        """Let the chosen parked rows start over; others are left alone."""
        again = [row for row in queryset if outbox.rerun(row)]
        for row in again:
            audit.record("outbox.rerun", row, actor=request.user, topic=row.topic)
        self.message_user(request, _("已重新排队 %(n)d 项") % {"n": len(again)})


class DayForm(NoIdentityNumbers, AnyForm):
    """A day and what is remarked of it."""


@admin.register(CalendarException)
class CalendarExceptionAdmin(Listed, CalendarAdmin):
    form = DayForm
    list_display = ("day", "is_working", "note")
    actions = None

    def has_change_permission(self, request: HttpRequest, obj: CalendarException | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: CalendarException, form: Any, change: bool) -> None:
        row = workdays.declare(day=obj.day, is_working=obj.is_working, note=obj.note, actor=request.user)
        obj.pk = row.pk

    def delete_model(self, request: HttpRequest, obj: CalendarException) -> None:
        workdays.withdraw(day=obj.day, actor=request.user)

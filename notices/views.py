"""The inbox: one person's notices by day, opened one by one or marked read together, and the bell's number."""

from itertools import groupby

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.utils.http import parse_etags, url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import clock
from core.rows.paging import page_of
from members.access import passive, reader, signed_in
from notices import inbox
from notices.models import Notice

PAGE = 50


@signed_in
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    notices = inbox.of(reader(request))
    page = page_of(notices, order=("-created_at", "-id"), after=request.GET.get("after", ""), size=PAGE)
    days = [(day, list(rows)) for day, rows in groupby(page.rows, key=_day)]
    return render(request, "notices/inbox.html", {"page": page, "days": days, "today": clock.today()})


@signed_in
@require_POST
def open_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one notice read and go where it points; back to the inbox when it points nowhere of ours."""
    notice = inbox.open_one(user=reader(request), pk=pk)
    if notice is None:
        raise Http404
    is_ours = notice.url.startswith("/") and url_has_allowed_host_and_scheme(notice.url, allowed_hosts=None)
    return redirect(notice.url if is_ours else "notices:inbox")


@signed_in
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    inbox.read_all(user=reader(request))
    messages.success(request, _("已全部标为已读"))
    return redirect("notices:inbox")


@signed_in
@passive
@require_safe
def badge(request: HttpRequest) -> HttpResponse:
    """The number on the bell as plain text; 304 while it stays the same."""
    count = inbox.unread(reader(request)).count()
    etag = f'"{count}"'
    known = parse_etags(request.headers.get("If-None-Match", ""))
    response = HttpResponseNotModified() if etag in known else HttpResponse(str(count), content_type="text/plain")
    response["ETag"], response["Cache-Control"] = etag, "private, no-cache"
    return response


def _day(notice: Notice) -> object:
    return clock.local(notice.created_at).date()

"""What makes a form that was sent twice count once."""

from django.http import HttpRequest

from core.idempotency import Once


def once_of(request: HttpRequest, owner: str, key: str) -> Once:
    """The key of a posted form with everything that came with it; files count by their content."""
    return Once(owner, key, {**dict(request.POST.lists()), **dict(request.FILES.lists())})

"""Sessions in the database, as Django keeps them; only the read that every page begins with is composed once."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.db.models import CharField, DateTimeField, QuerySet
from django.utils import timezone

from core.rows.composed import found_by_key


@found_by_key(key=CharField(), now=DateTimeField())
def _running(*, key: Any, now: Any) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=now)


class SessionStore(DatabaseStore):
    """What `settings.SESSION_ENGINE` names."""

    def _get_session_from_db(self) -> Session | None:
        """The row of the cookie's key while it is valid, as the parent's; without one the key is given up."""
        found = _running(key=self.session_key, now=timezone.now())
        if not found:
            self._session_key = None
        return found[0] if found else None

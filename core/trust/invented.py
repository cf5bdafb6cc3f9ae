"""Whether what this installation holds is invented: asked wherever data leave it, on a page, on paper or in a file.

By the setting, or because the demo's accounts are there: whoever built the demo and starts again without the setting
still holds its data. A production start refuses to run beside either (`governance.safety`), so it is never asked there.
"""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _

from core.text import Text

MARK: Text = _("演示数据")
SAID: Text = _("演示数据：人名与数字均为虚构")
KEY, KEPT_SECONDS = "demo-accounts", 60


def is_demo() -> bool:
    """Whether names and figures are invented."""
    if settings.PRODUCTION:
        return False
    return bool(settings.DEMO) or bool(cache.get_or_set(KEY, _has_demo_accounts, KEPT_SECONDS))


def _has_demo_accounts() -> int:
    """A number, which every cache keeps. Without a database there are no data, and its error page still has to come."""
    try:
        return int(get_user_model()._default_manager.filter(is_demo=True).exists())
    except DatabaseError:
        return 0

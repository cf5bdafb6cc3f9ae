"""Reads of the policy library: lists, search by any two neighbouring characters, what rests on a document."""

from urllib.parse import urlencode

from django.db.models import QuerySet

from admission.models import Admission, Policy
from admission.people import departments_of
from admission.workflow.application_table import FORCE
from admission.workflow.rules import GATE_CODES
from core.rows.bigrams import phrases_of
from core.rows.paging import Page, page_of
from core.text import is_clean
from duties.lists.queries import current
from duties.models import DutyItem
from members.access import scope_for
from members.models import User
from members.roles import Role

PAGE_SIZE = 30
QUERY_MAX = 50


def may_write(user: User) -> bool:
    """List admins, and the staff of departments with a duty at the gate."""
    return Role.LIST_ADMIN in scope_for(user).roles or bool(set(GATE_CODES) & set(departments_of(user)))


def asked(text: str) -> str:
    """What an address asks for; nothing where it cannot be text."""
    return text.strip()[:QUERY_MAX] if is_clean(text, multiline=False) else ""


def query_of(sought: str) -> str:
    return urlencode({"q": sought}) + "&" if sought else ""


def page(user: User, sought: str, after: str) -> Page[Policy]:
    """Documents, newest first; every word that is sought must be in them, wherever it stands."""
    return page_of(found(user, sought).defer("text"), order=("-valid_from", "-id"), after=after, size=PAGE_SIZE)


def found(user: User, sought: str) -> QuerySet[Policy]:
    """The library holds hundreds of documents, not millions: their pairs of characters are read through."""
    rows = Policy.objects.visible_to(user)
    for phrase in phrases_of(sought):
        rows = rows.filter(words__text__contains=phrase)
    return rows


def resting_on(user: User, policy: Policy) -> list[Admission]:
    """What is in force and names the document, as far as the user sees it: all of it."""
    rows = Admission.objects.visible_to(user).filter(policies=policy, state__in=sorted(FORCE))
    return list(rows.select_related("department").order_by("number"))


def items_of(policy: Policy) -> list[DutyItem]:
    """The lines of the grid items list in force that rest on it."""
    version = current()
    if version is None or not policy.item_codes:
        return []
    return list(DutyItem.objects.filter(version=version, code__in=policy.item_codes).select_related("version"))

"""A telephone that somebody writes into a ticket: masked wherever the ticket is told, in full on a recorded look."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from core.models import AuditEntry
from core.trust.identity import HIDDEN
from issues.models import Ticket, TicketEvent, TicketWords
from issues.workflow import State
from notices.models import Notice
from tests.tickets import at_state, placed

pytestmark = pytest.mark.django_db

NUMBER, TYPED, MASKED = "13800006021", "138 0000 6021", "138****6021"


def everything_stored(*tables: str) -> str:
    found = []
    with connection.cursor() as cursor:
        for table in tables or connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {table}")
            found += [str(row) for row in cursor.fetchall()]
    return "\n".join(found)


def leaks(text: str) -> bool:
    return any(number in text for number in (NUMBER, TYPED, "0000 6021", "00006021"))


@pytest.fixture
def ticket(cast) -> Ticket:
    return placed(cast, title=f"王家电话{NUMBER}", description=f"井盖坏了，打{TYPED}找我", where=f"门口贴着{NUMBER}")


def test_no_page_file_or_notice_tells_it(cast, login, ticket):
    browser = login(cast.secretary)
    addresses = [
        reverse("issues:ticket", args=[ticket.number]),
        reverse("issues:phone_ticket", args=[ticket.number]),
        reverse("issues:peek", args=[ticket.number]),
        reverse("issues:print", args=[ticket.number]),
        reverse("issues:queue"),
        reverse("issues:export", args=["csv"]),
        reverse("issues:phone_home"),
    ]
    for address in addresses:
        answer = browser.get(address)
        body = b"".join(answer) if answer.streaming else answer.content
        assert not leaks(body.decode("utf-8-sig")), address
    assert MASKED in browser.get(addresses[0]).content.decode()
    assert not any(leaks(notice.text) for notice in Notice.objects.all())


def test_nothing_that_is_stored_tells_it(ticket):
    assert not leaks(everything_stored())
    ticket.refresh_from_db()
    assert ticket.description == f"井盖坏了，打{MASKED}找我"
    assert ticket.description.full == f"井盖坏了，打{TYPED}找我"


def test_those_who_carry_it_read_it_on_record(cast, login, ticket):
    address = reverse("issues:reveal", args=[ticket.number])
    page = login(cast.secretary).post(address, {"reason": "visit"})
    assert TYPED in page.content.decode()
    assert AuditEntry.objects.filter(verb="ticket.contact_revealed", object_id=str(ticket.pk)).count() == 1
    assert not leaks(login(cast.secretary).get(reverse("issues:ticket", args=[ticket.number])).content.decode())
    assert not leaks(everything_stored())


def test_a_note_is_no_different(cast, login):
    ticket = at_state(cast, State.HANDLING)
    step = reverse("issues:act", args=[ticket.number, "progress"])
    login(cast.handler).post(step, {"version": ticket.version, "note": f"已联系{TYPED}"})
    event = TicketEvent.objects.get(ticket=ticket, action="progress")
    assert (event.note, event.note.full) == (f"已联系{MASKED}", f"已联系{TYPED}")
    page = login(cast.handler).post(reverse("issues:reveal", args=[ticket.number]), {"reason": "ask"})
    assert TYPED in page.content.decode()


def test_a_title_that_is_cut_keeps_no_half_number(cast):
    ticket = placed(cast, title="", description="请帮忙看看村口的这个井盖到底坏没坏谢谢联系我" + NUMBER)
    assert not leaks(ticket.title)
    assert "138000" not in ticket.title


def test_older_tickets_are_swept(cast, ticket):
    words_of = TicketWords.objects.get(pk=ticket.pk).text
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE issues_ticket SET description = %s, title = %s WHERE id = %s",
            [f"打{TYPED}找我", "我是11010519491231002X", ticket.pk],
        )
        cursor.execute("UPDATE issues_ticketwords SET text = %s", ["13 38 80"])
        cursor.execute(
            "UPDATE issues_ticketevent SET data = %s WHERE ticket_id = %s", [f'{{"measures": "{TYPED}"}}', ticket.pk]
        )
    call_command("mask_numbers", verbosity=0)
    assert not leaks(everything_stored("issues_ticket", "issues_ticketevent", "issues_ticketwords"))
    fresh = Ticket.objects.get(pk=ticket.pk)
    assert (fresh.title, fresh.description.full) == (f"我是{HIDDEN}", f"打{TYPED}找我")
    assert TicketEvent.objects.get(ticket=ticket).data["measures"].full == TYPED
    assert TicketWords.objects.get(pk=ticket.pk).text != "13 38 80"
    call_command("mask_numbers", verbosity=0)
    assert Ticket.objects.get(pk=ticket.pk).description.full == f"打{TYPED}找我"
    assert words_of


def test_a_new_key_reaches_them(settings, ticket):
    settings.FIELD_KEYS = ["new", settings.SECRET_KEY]
    call_command("rekey", verbosity=0)
    settings.FIELD_KEYS = ["new"]
    assert Ticket.objects.get(pk=ticket.pk).description.full.endswith(f"打{TYPED}找我")

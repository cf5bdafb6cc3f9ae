"""A creating form is asked, refused with everything typed, and sent once."""

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory

from core.errors import Conflict, Refused
from core.races.idempotency import KeyReused
from core.web.forms import IdempotentForm
from core.web.submitting import posted, submit

KEY = "7d5c8a54-6a0f-4a0e-9a70-0c7f2f1f9f11"


class NameForm(IdempotentForm):
    name = forms.CharField(max_length=10)


class BadName(Refused):
    field = "name"


def send(do, data=None, **more):
    """The answer to a form, the form itself, and the key under which `do` was called."""
    factory = RequestFactory()
    request = factory.get("/") if data is None else factory.post("/", data)
    request.user = AnonymousUser()
    request.user.pk = 7
    form = NameForm(posted(request))
    answer = submit(
        request,
        form,
        lambda form, status: HttpResponse(form["name"].value() or "", status=status),
        do,
        lambda made: HttpResponse(f"done {made}"),
        **more,
    )
    return answer, form


def refusing(error):
    def do(once):
        raise error

    return do


def never(once):
    raise AssertionError("nothing may be done")


def test_it_is_asked_first_and_again_when_something_is_missing():
    assert send(never)[0].status_code == 200
    assert send(never, {"idempotency_key": KEY, "name": ""})[0].status_code == 422
    assert send(never, {})[0].status_code == 422


def test_the_key_is_the_users_or_of_the_owner_that_is_named():
    given = {"idempotency_key": KEY, "name": "甲"}
    owners = []
    for more in ({}, {"owner": "order:1"}):
        answer, _form = send(lambda once: owners.append((once.owner, once.key)) or "甲", given, **more)
        assert answer.content.decode() == "done 甲"
    assert owners == [("user:7", KEY), ("order:1", KEY)]


@pytest.mark.parametrize(("error", "where"), [(BadName("不行"), "name"), (Conflict("晚了"), "__all__")])
def test_a_refusal_stands_where_it_belongs_and_keeps_what_was_typed(error, where):
    answer, form = send(refusing(error), {"idempotency_key": KEY, "name": "甲"})
    assert (answer.status_code, answer.content.decode()) == (error.status, "甲")
    assert form.errors[where] == [error.message]
    assert form["idempotency_key"].value() == KEY  # nothing came of it: the key is still good


def test_a_key_spent_on_something_else_is_replaced():
    answer, form = send(refusing(KeyReused("另一件")), {"idempotency_key": KEY, "name": "甲"})
    assert answer.status_code == KeyReused.status
    assert form["idempotency_key"].value() != KEY

"""Sent twice, made once."""

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.transaction import TransactionManagementError
from django.http import QueryDict

from core.clock import now
from core.models import IdempotencyKey
from core.races.idempotency import KeyReused, claim, purge

pytestmark = pytest.mark.django_db


def test_a_replay_gets_the_first_answer() -> None:
    with transaction.atomic():
        slot = claim("user:7", "k", {"title": "井盖", "n": 1})
        assert slot.result is None
        slot.finish("ST-1")
    with transaction.atomic():
        assert claim("user:7", "k", {"n": 1, "title": "井盖"}).result == "ST-1"


def test_another_body_is_refused() -> None:
    claim("user:7", "k", {"title": "井盖"})
    with pytest.raises(KeyReused) as caught:
        claim("user:7", "k", {"title": "路灯"})
    assert caught.value.status == 422


def test_another_owner_has_their_own_keys() -> None:
    claim("user:7", "k", {"a": 1}).finish("x")
    assert claim("user:8", "k", {"a": 2}).result is None


def test_nothing_stays_of_a_failed_submission() -> None:
    def submit() -> None:
        with transaction.atomic():
            claim("user:7", "k", {"a": 1}).finish("x")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        submit()
    assert claim("user:7", "k", {"a": 2}).result is None


def test_files_count_by_content_and_stay_readable() -> None:
    photo = ContentFile(b"abc", "a.jpg")
    claim("u", "k", {"photos": [photo]})
    assert photo.read() == b"abc"
    claim("u", "k", {"photos": [ContentFile(b"abc", "b.jpg")]})
    with pytest.raises(KeyReused):
        claim("u", "k", {"photos": [ContentFile(b"abd", "a.jpg")]})


def test_a_posted_form_without_its_tokens() -> None:
    claim("u", "k", QueryDict("a=1&a=2&csrfmiddlewaretoken=x&idempotency_key=k"))
    claim("u", "k", QueryDict("a=1&a=2&csrfmiddlewaretoken=y&idempotency_key=k"))
    with pytest.raises(KeyReused):
        claim("u", "k", QueryDict("a=2&csrfmiddlewaretoken=y"))


def test_purge() -> None:
    claim("u", "k", {})
    assert purge(now()) == 1
    assert not IdempotencyKey.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_needs_a_transaction() -> None:
    with pytest.raises(TransactionManagementError):
        claim("u", "k", {})


def test_a_key_that_is_new_costs_one_statement(django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        slot = claim("user:7", "k", {"a": 1})
    slot.finish("x")
    with django_assert_num_queries(2):
        assert claim("user:7", "k", {"a": 1}) == slot


def test_words_sent_again_without_their_files_are_the_same_body() -> None:
    """After a lost answer the form has its words and its key, but the browser gives no files back."""
    claim("u", "k", {"words": ["a"], "photos": [ContentFile(b"abc", "a.jpg")]}).finish("ST-1")
    assert claim("u", "k", {"words": ["a"]}).result == "ST-1"
    assert claim("u", "k", {"words": ["a"], "photos": []}).result == "ST-1"
    for other in ({"words": ["b"]}, {"words": ["a"], "photos": [ContentFile(b"abd", "a.jpg")]}):
        with pytest.raises(KeyReused):
            claim("u", "k", other)


def test_files_added_to_words_that_were_sent_without_are_another_body() -> None:
    claim("u", "k", {"words": ["a"]}).finish("ST-1")
    with pytest.raises(KeyReused):
        claim("u", "k", {"words": ["a"], "photos": [ContentFile(b"abc", "a.jpg")]})

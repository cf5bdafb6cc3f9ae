"""Many engines and many tellers at once: one letter a person and slot, one pause, one code."""

import pytest
from django.core import mail

from core import clock
from core.jobs import outbox
from core.models import OutboxRow
from notices import reaching
from notices.models import Delivery, Mode
from tests.concurrency.crowd import at_once
from tests.notices.letters import at, mailed, tell

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def test_one_digest_however_many_tell_and_drain(cast) -> None:
    mailed(cast.worker, progress=Mode.DIGEST)

    def told(n: int) -> None:
        with clock.at(at(18, 10, n)):
            tell(cast.worker, kind="claim", key=f"k{n % 6}")

    assert at_once(12, told) == [None] * 12
    assert (Delivery.objects.count(), OutboxRow.objects.count()) == (1, 1)

    def drained(n: int) -> int:
        with clock.at(at(18, 14, 30)):
            return outbox.drain("send")

    assert sum(at_once(8, drained)) == 1
    assert len(mail.outbox) == 1
    assert "进展 6 条" in mail.outbox[0].subject


def test_a_code_confirms_once(cast) -> None:
    reaching.ask(user=cast.worker, email="liang@example.com")
    code = reaching.code_of(reaching.of(cast.worker))

    def confirmed(n: int) -> bool:
        try:
            reaching.confirm(user=cast.worker, code=code)
        except reaching.AddressRefused:
            return False
        return True

    assert at_once(6, confirmed).count(True) == 1

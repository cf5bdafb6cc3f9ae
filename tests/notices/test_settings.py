"""The settings page: everybody their own, an address only after its code came back."""

import re
from datetime import time, timedelta

import pytest
from django.core import mail
from django.db import connection

from core import clock
from core.jobs import outbox
from core.models import AuditEntry, OutboxRow
from notices import kinds, reaching
from notices.extensions import CHANNELS
from notices.models import Delivery, Mode, Quiet, Reach
from notices.outgoing import channels
from tests.notices.letters import mailed, mode, tell

URL = "/inbox/settings/"


def choices(**changes):
    data = {f"email_{key}": Mode.OFF.value for key in kinds.GROUPS}
    return {**data, "quiet": "county", "quiet_from": "", "quiet_until": "", **changes}


def sent_code():
    outbox.drain("send")
    return re.search(r"[2-9A-HJ-NP-Z]{8}", mail.outbox[-1].body).group()


def test_the_page_shows_every_group_and_the_countys_rules(cast, login):
    for user in (cast.worker, cast.handler, cast.system_admin):
        page = login(user).get(URL).content.decode()
        assert all(str(group.label) in page for group in kinds.GROUPS.values())
        assert "20:00–08:00" in page
        assert "08:30、14:30" in page
    for page in ("/inbox/", "/account/"):
        assert URL in login(cast.worker).get(page).content.decode()
    assert URL in login(cast.worker).get("/m/me").content.decode()


def test_choices_are_kept_and_are_ones_own(cast, login):
    answer = login(cast.worker).post(URL, choices(email_turn="digest"))
    assert answer["Location"] == URL
    assert mode(cast.worker, kinds.TURN) == Mode.DIGEST
    assert mode(cast.chief, kinds.TURN) == kinds.TURN.default
    assert Reach.objects.count() == 1


def test_own_quiet_hours_need_both_ends(cast, login):
    client = login(cast.worker)
    wrong = client.post(URL, choices(quiet="own", quiet_from="21:30"))
    assert wrong.status_code == 422
    assert "请填时间" in wrong.content.decode()
    assert client.post(URL, choices(quiet="own", quiet_from="21:30", quiet_until="6:00")).status_code == 302
    assert reaching.quiet_hours(reaching.of(cast.worker)) == (time(21, 30), time(6))
    assert client.post(URL, choices(quiet="none")).status_code == 302
    assert reaching.quiet_hours(reaching.of(cast.worker)) is None


@pytest.mark.parametrize("field", ["email_turn", "quiet", "quiet_from"])
def test_what_is_not_offered_is_refused(cast, login, field):
    assert login(cast.worker).post(URL, choices(**{field: "nonsense"})).status_code == 422
    assert not Reach.objects.exists()


def test_an_address_is_used_after_its_code_came_back(cast, login):
    client = login(cast.worker)
    assert client.post(f"{URL}email/", {"email": "liang@example.com"}).status_code == 302
    tell(cast.worker, urgent=True)
    code = sent_code()
    assert [letter.to for letter in mail.outbox] == [["liang@example.com"]]  # the code and nothing else
    assert Delivery.objects.count() == 0
    assert client.post(f"{URL}email/confirm/", {"code": code.lower()}).status_code == 302
    tell(cast.worker, urgent=True, key="k2")
    assert outbox.drain("send") == 1
    page = client.get(URL).content.decode()
    assert "l***@example.com" in page
    assert "liang@example.com" not in page


def test_a_wrong_an_old_and_a_used_code_are_refused(cast, login):
    client = login(cast.worker)
    client.post(f"{URL}email/", {"email": "liang@example.com"})
    code = sent_code()
    wrong = client.post(f"{URL}email/confirm/", {"code": "AAAAAAAA"})
    assert wrong.status_code == 422
    assert "验证码不对" in wrong.content.decode()
    with clock.at(clock.now() + timedelta(minutes=31)):  # longer than a session may idle
        late = login(cast.worker).post(f"{URL}email/confirm/", {"code": code})
    assert "已过期" in late.content.decode()
    assert client.post(f"{URL}email/confirm/", {"code": code}).status_code == 302
    assert client.post(f"{URL}email/confirm/", {"code": code}).status_code == 422


def test_codes_cannot_be_guessed_or_ordered_without_end(cast, login):
    client = login(cast.worker)
    client.post(f"{URL}email/", {"email": "liang@example.com"})
    code = sent_code()
    for _try in range(reaching.TRIES_PER_CODE):
        client.post(f"{URL}email/confirm/", {"code": "AAAAAAAA"})
    assert client.post(f"{URL}email/confirm/", {"code": code}).status_code == 422
    for _ask in range(reaching.ASKS_A_DAY + 2):
        client.post(f"{URL}email/", {"email": "other@example.com"})
    assert OutboxRow.objects.filter(topic=reaching.CONFIRM).count() == reaching.ASKS_A_DAY


def test_a_code_is_for_one_person_and_one_address(cast, login):
    login(cast.worker).post(f"{URL}email/", {"email": "liang@example.com"})
    code = sent_code()
    login(cast.chief).post(f"{URL}email/", {"email": "he@example.com"})
    assert login(cast.chief).post(f"{URL}email/confirm/", {"code": code}).status_code == 422
    login(cast.worker).post(f"{URL}email/", {"email": "new@example.com"})
    assert login(cast.worker).post(f"{URL}email/confirm/", {"code": code}).status_code == 422
    assert not Reach.objects.exclude(confirmed_at=None).exists()


@pytest.mark.parametrize("email", ["", "no-at", "a@b\r\nBcc: x@example.com", "a" * 130 + "@example.com", "a@b c.com"])
def test_what_is_no_address_is_refused(cast, login, email):
    assert login(cast.worker).post(f"{URL}email/", {"email": email}).status_code == 422
    assert not Reach.objects.exists()


def test_an_address_can_be_removed_and_is_encrypted(cast, login):
    mailed(cast.worker)
    with connection.cursor() as cursor:
        cursor.execute("SELECT email FROM notices_reach")
        assert "example.com" not in cursor.fetchone()[0]
    assert login(cast.worker).post(f"{URL}email/forget/").status_code == 302
    reach = Reach.objects.get()
    assert (reach.email, reach.confirmed_at) == ("", None)
    assert AuditEntry.objects.filter(verb="reach.forgotten", actor_id=cast.worker.pk).count() == 1
    tell(cast.worker)
    assert Delivery.objects.count() == 0


def test_without_a_mail_server_nobody_is_promised_letters(cast, login, settings):
    mailed(cast.worker)
    settings.EMAIL_READY = False
    client = login(cast.worker)
    assert "还没有接通邮件" in client.get(URL).content.decode()
    assert client.post(f"{URL}email/", {"email": "liang@example.com"}).status_code == 422
    tell(cast.worker)
    assert Delivery.objects.count() == 0


def test_another_channel_is_one_registration(cast, login):
    class Text(channels.Channel):
        name, label, sent = "sms", "短信", []

        def reaches(self, reach):
            return True

        def send(self, delivery):
            self.sent.append(delivery)

    with CHANNELS.with_also(Text()):
        with pytest.raises(ValueError, match="sms"):
            CHANNELS.add(type("Other", (Text,), {})())
        client = login(cast.worker)
        assert "短信" in client.get(URL).content.decode()
        data = choices(quiet=Quiet.NONE.value, **{f"sms_{key}": Mode.AT_ONCE.value for key in kinds.GROUPS})
        assert client.post(URL, data).status_code == 302
        tell(cast.worker)
        assert outbox.drain("send") == 1
    (delivery,) = Text.sent
    assert (delivery.user, delivery.number) == (cast.worker, "ST26-1118-001")

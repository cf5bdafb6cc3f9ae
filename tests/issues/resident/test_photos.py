"""Photos of an order that is not taken at once: the good ones stay, the bad ones are named beside the field."""

import re
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from core import clock
from core.files import waiting
from core.files.images import prepare
from core.tasks import sweep
from issues.models import Photo, Ticket
from tests.tickets import jpeg

KEY = "7d5c8a54-6a0f-4a0e-9a70-0c7f2f1f9f11"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def order(client, cast, **given):
    return client.post(
        f"/d/{cast.microgrid.token}", {"item": "other", "words": "漏水", "idempotency_key": KEY, **given}
    )


def kept(page):
    return re.findall(r'name="photos_kept" value="([^"]+)" checked', page.content.decode())


def bad(name="IMG_7.heic"):
    return SimpleUploadedFile(name, b"\0\0\0\x18ftypheic" + bytes(40), "image/heic")


def test_the_good_photos_stay_and_the_bad_one_is_named(client, cast):
    page = order(client, cast, photos=[jpeg("1.jpg"), bad(), jpeg("3.jpg")])
    text = page.content.decode()
    assert page.status_code == 422
    assert "第 2 张（IMG_7.heic）：" in text
    assert "上面打勾的照片留着" in text
    assert len(kept(page)) == 2
    assert text.count('src="data:image/jpeg;base64,') == 2
    for _press in range(2):
        assert order(client, cast, photos_kept=kept(page)).status_code == 302
    assert Photo.objects.filter(ticket=Ticket.objects.get()).count() == 2


def test_photos_stay_where_something_else_is_missing(client, cast):
    page = order(client, cast, words="", photos=jpeg())
    assert page.status_code == 422
    again = order(client, cast, words="", photos_kept=kept(page))
    assert len(kept(again)) == 1, "as often as it takes"
    assert order(client, cast, photos_kept=kept(again), photos=jpeg("b.jpg")).status_code == 302
    assert Photo.objects.count() == 2


def test_of_more_than_nine_the_first_nine_stay(client, cast):
    page = order(client, cast, photos=[jpeg(f"{n}.jpg") for n in range(12)])
    assert page.status_code == 422
    assert "最多 9 张照片，现在选了 12 张，只留下前 9 张" in page.content.decode()
    assert len(kept(page)) == 9


def test_nobody_asks_for_a_photo_by_guessing(client, cast):
    picture = prepare(jpeg())
    waiting.keep(picture)
    for token in (picture.sha256, f"{picture.sha256}:x", "../../etc/passwd:x"):
        assert order(client, cast, photos_kept=token).status_code == 422
    assert not Ticket.objects.exists()


@pytest.mark.usefixtures("machine_clock")
def test_photos_wait_for_a_day_and_not_without_end(client, cast, monkeypatch):
    token = waiting.keep(prepare(jpeg()))
    monkeypatch.setattr(waiting, "MOST", 1)
    other = SimpleUploadedFile("b.jpg", jpeg().read() + b"\0", "image/jpeg")
    assert waiting.keep(prepare(other)) in ("", token)
    sweep()
    assert waiting.take(token)
    with clock.at(clock.now() + timedelta(days=2)):
        sweep()
    assert waiting.take(token) is None
    assert default_storage.listdir("waiting")[1] == []
    page = order(client, cast, photos_kept=token)
    assert "没有留住，请重新选" in page.content.decode()

"""Stored photos: files that nobody names go, files of orders that are still being saved stay."""

import os
import time
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from core.files import stored
from core.files.images import Picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("machine_clock")]  # files tell the machine's time
PICTURE = Picture(content=b"\xff\xd8\xff\xe0picture", sha256="ab" * 32, width=1, height=1)


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def file_of(picture: Picture) -> Path:
    return Path(default_storage.path(stored.store(picture)))


def age(file: Path, seconds: float = stored.SPARED_SECONDS + 1) -> None:
    os.utime(file, (time.time() - seconds,) * 2)


def test_a_file_whose_row_is_still_being_saved_is_spared(monkeypatch):
    file = file_of(PICTURE)
    monkeypatch.setattr(Path, "rename", lambda *_args: pytest.fail("whoever reads it meanwhile would miss it"))
    assert stored.sweep() == 0
    assert file.exists()


def test_a_file_that_nobody_names_goes_after_a_day():
    file = file_of(PICTURE)
    age(file)
    assert stored.sweep() == 1
    assert not list(file.parent.iterdir())


def test_an_old_file_that_is_stored_again_is_young():
    file = file_of(PICTURE)
    age(file)
    stored.store(PICTURE)
    assert stored.sweep() == 0
    assert file.exists()


def test_who_stores_it_while_it_is_swept_keeps_it(monkeypatch):
    file = file_of(PICTURE)
    age(file)
    looked = stored.KEEPERS

    class Storing:
        def __iter__(self):
            stored.store(PICTURE)
            return iter(looked)

    monkeypatch.setattr(stored, "KEEPERS", Storing())
    assert stored.sweep() == 0
    assert file.exists()
    assert [one.name for one in file.parent.iterdir()] == [file.name]

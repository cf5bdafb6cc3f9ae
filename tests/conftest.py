"""What every test stands on: settings fit for tests, no network, a calm calendar, a browser when asked.

Under REQUIRE_ALL=1 (as `.ci/run` sets) what a test needs and does not find is a failure, never a skip.
"""

import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as django_settings
from django.test import TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from core.days import calendar
from core.jobs import outbox
from core.trust import acts
from notices import county
from tests import databases, worlds
from tests.cast import build_cast
from tests.moved_clock import MOVED

if TYPE_CHECKING:
    from playwright.sync_api import Browser

REQUIRE_ALL = os.environ.get("REQUIRE_ALL", "") not in ("", "0")
LOCAL = {"127.0.0.1", "::1", "localhost", "0.0.0.0", ""}

hypothesis_settings.register_profile(
    "shanzhi",
    deadline=None,
    derandomize=REQUIRE_ALL,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
hypothesis_settings.load_profile("shanzhi")


def pytest_configure(config: pytest.Config) -> None:
    """Settings of every test; set before anything reads them."""
    MOVED.start()
    django_settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    django_settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    # Pages link plain names and the live server finds the files itself; nothing is collected.
    django_settings.STATIC_ROOT = Path(tempfile.gettempdir()) / "shanzhi-test-static"
    django_settings.STATIC_ROOT.mkdir(exist_ok=True)
    # Argon2 is slow on purpose; tests of passwords ask for it with the fixture `real_hasher`.
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs PostgreSQL and Redis says so when it is asked for without them."""
    if REQUIRE_ALL or _has_services():
        return
    reason = "needs PostgreSQL and Redis: set DATABASE_URL and REDIS_URL"
    for item in items:
        if item.get_closest_marker("services") or item.get_closest_marker("concurrency"):
            item.add_marker(pytest.mark.skip(reason=reason))


def _has_services() -> bool:
    engine = django_settings.DATABASES["default"]["ENGINE"]
    return engine.endswith("postgresql") and bool(django_settings.REDIS_URL)


@pytest.fixture(autouse=True, scope="session")
def _real_handlers() -> None:
    """The handlers of every app, before a test registers or patches one: no test's luck hangs on another's order."""
    outbox.discover()


@pytest.fixture
def test_acts() -> Iterator[None]:
    """An act that only tests do, beside those that the trail knows."""
    some = {name: acts.plain(name) for name in ("area", "why", "ids", "text", "n", "part", "words", "rows")}
    with acts.ACTS.only(*acts.ACTS, acts.act("test.did", "试", **some)):
        yield


@pytest.fixture(autouse=True)
def _moved_clock() -> None:
    """Under TEST_AT every test begins at the asked moment."""
    MOVED.again()


@pytest.fixture
def machine_clock(_moved_clock: None) -> None:
    """The machine's own time also under TEST_AT: for what files and other processes tell."""
    MOVED.pause()


@pytest.fixture(autouse=True)
def _own_folders(_moved_clock: None, settings: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Uploads land in a folder that pytest throws away; no head of a chain lies about from another database."""
    settings.MEDIA_ROOT = tmp_path_factory.getbasetemp() / "media"
    settings.TRAIL_HEADS = []


@pytest.fixture
def real_hasher(settings: Any) -> None:
    """The password hashers of the real installation."""
    settings.PASSWORD_HASHERS = ["members.signing_in.hashing.PatientArgon2"]


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that reaches out to another machine fails with the address it tried."""
    real_connect, real_connect_ex = socket.socket.connect, socket.socket.connect_ex

    def check(client: socket.socket, address: Any) -> None:
        if client.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in LOCAL:
            pytest.fail(f"unexpected network access to {address[0]}:{address[1]}", pytrace=True)

    def connect(client: socket.socket, address: Any) -> None:
        check(client, address)
        real_connect(client, address)

    def connect_ex(client: socket.socket, address: Any) -> int:
        check(client, address)
        return real_connect_ex(client, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket.socket, "connect_ex", connect_ex)


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    """One Chromium for the session; use it with `live_server` and a new context for each person."""
    from playwright.sync_api import Error, sync_playwright

    # Playwright's loop runs in this thread, which Django would take for an async context.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    given = os.environ.get("CHROMIUM") or _installed_chromium()
    path = None if given in (None, "playwright") else given
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        except Error as error:
            (pytest.fail if REQUIRE_ALL else pytest.skip)(f"no Chromium to drive: {str(error).splitlines()[0]}")
        yield browser
        browser.close()


def _installed_chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((found for found in map(shutil.which, names) if found), None)


@pytest.fixture
def browser_page(chromium: "Browser") -> Iterator[Any]:
    """A page at desktop size in Chinese; fails the test on an uncaught script error."""
    context = chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1360, "height": 860})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """A copy of the migrated database for this process; see tests/databases.py."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        name = databases.make()
        patch.setattr(TransactionTestCase, "_fixture_teardown", worlds.spoil)
        yield
        databases.drop(name)


@pytest.fixture
def _standing(
    request: pytest.FixtureRequest,
    django_db_setup: None,
    django_db_blocker: Any,
    _own_folders: None,
    _calm_calendar: None,
) -> None:
    """The world that the test's fixtures ask for stands before its transaction begins."""
    with django_db_blocker.unblock():
        known = request.node._fixtureinfo.name2fixturedefs.values()
        worlds.stand(worlds.top_of(defs[-1].func for defs in known))


@pytest.fixture(autouse=True, scope="class")
def _bare(request: pytest.FixtureRequest) -> None:
    """Django's own test cases, which begin their transaction for the class, find the database as it was migrated."""
    if isinstance(request.cls, type) and issubclass(request.cls, TransactionTestCase):
        request.getfixturevalue("django_db_setup")
        with request.getfixturevalue("django_db_blocker").unblock():
            worlds.stand(None)


@pytest.fixture
def _django_db_helper(_standing: None, _django_db_helper: None) -> None:
    """pytest-django's, which begins the transaction, after the world stands."""


@pytest.fixture
@worlds.on(build_cast)
def cast(db: None) -> Any:
    """A small county with a list in force and one person for every role; see tests/cast.py."""
    return build_cast()


@pytest.fixture
def login() -> Callable[..., Any]:
    """`login(user)` is a client signed in as this person."""
    from django.test import Client

    def signed_in(user: Any, **options: Any) -> Client:
        client = Client(**options)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in


@pytest.fixture(scope="session")
def project_root() -> Path:
    return Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def _calm_calendar() -> Iterator[None]:
    """No exceptions and no times of the county, and no query for them, unless the test declares some."""
    calendar.prime({}, seconds=3600)
    county.prime(None, seconds=3600)
    yield
    calendar.forget()
    county.forget()

"""In the field: whatever becomes of signal, tab, answer, person or room on the phone, each matter exists exactly once,
with its photos.
"""

import pytest
from django.urls import reverse
from PIL import Image, ImageDraw

from households.models import Visit
from issues.models import AwaitedPhoto, Photo, Ticket, TicketEvent
from issues.workflow import State
from tests.journeys.line import Line
from tests.journeys.people import kept, meeting, session_of, until
from tests.tickets import at_state

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "沟盖板也缺了三块"
NEW, DRAFTS = (reverse(f"issues:{name}") for name in ("phone_new", "phone_drafts"))

FULL = """() => {
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (row) {
        const request = put.call(this, row);
        if (this.name === "photos") this.transaction.abort();
        return request;
    };
}"""
"""From now on the phone has no room for a photo: as with a full disk, what was written is taken back."""


@pytest.fixture
def line(live_server):
    line = Line(live_server.url)
    yield line
    line.close()


@pytest.fixture
def meet(chromium, line):
    with meeting(chromium, line.url) as meet:
        yield meet


@pytest.fixture
def shots(tmp_path):
    """Two photos as a camera takes them: large, and not the same."""
    paths = []
    for n in range(2):
        picture = Image.effect_noise((1700, 1200), 60).convert("RGB")
        ImageDraw.Draw(picture).rectangle((100, 100, 700 + 400 * n, 600), fill=(200, 90 * n, 40))
        paths.append(str(tmp_path / f"shot{n}.jpg"))
        picture.save(paths[-1], quality=92)
    return paths


def fill_log(person, shots=(), words=WORDS):
    page = person.page
    page.locator("label", has_text="水沟塞了").click()
    page.get_by_label("补充说明").fill(words)
    if shots:
        page.locator("input[type=file]").set_input_files(shots)
    kept(page, "open", photos=len(shots))


def press(person, name="我来办"):
    person.page.get_by_role("button", name=name).click()


def another_tab(person):
    """The tab is killed; another one of the same phone."""
    page = person.page.context.new_page()
    person.page.close()
    person.page = page
    person.under_way.clear()
    person.watch()


def the_one(words=WORDS, photos=0):
    """The one ticket there is of these words, with its photos and none to come."""
    (ticket,) = Ticket.objects.filter(description=words)
    assert Photo.objects.filter(ticket=ticket).count() == photos
    assert not AwaitedPhoto.objects.filter(photo=None).exists()
    return ticket


def test_a_press_without_signal_is_handed_in_once_there_is_some(cast, meet, line, shots):
    worker = meet(cast.worker)
    worker.open(NEW)
    with line.no_signal(worker):
        fill_log(worker, shots)
        press(worker)
        worker.page.get_by_text("已存手机").wait_for()
        assert Ticket.objects.count() == 0
    kept(worker.page, "done")
    ticket = the_one(photos=2)
    assert ticket.events.get(action="place").device_at <= ticket.placed_at
    worker.open(DRAFTS)
    worker.page.get_by_text("已交", exact=True).first.wait_for()
    worker.looks_right()


def test_a_killed_tab_loses_neither_words_nor_photos(cast, meet, line, shots):
    worker = meet(cast.worker)
    worker.open(NEW)
    fill_log(worker, shots)
    another_tab(worker)
    worker.open("/m/")
    worker.page.get_by_text("1 件没交上去").wait_for()
    worker.open(NEW)
    worker.page.get_by_text("已恢复上次没提交的内容").wait_for()
    assert worker.page.locator(".shots .shot:not(.add)").count() == 2
    with line.no_signal(worker):
        press(worker)
        worker.page.get_by_text("已存手机").wait_for()
    another_tab(worker)  # whatever it had begun to send
    worker.open("/m/")
    kept(worker.page, "done")
    the_one(photos=2)


def test_answers_that_are_lost_after_the_server_has_them(cast, meet, shots):
    worker, lost = meet(cast.worker), set()

    def lose_once(route):
        name = route.request.url.rsplit("/", 1)[-1]
        if route.request.method == "GET" or name in lost:
            route.continue_()
            return
        lost.add(name)
        route.fetch()
        route.abort()

    worker.page.context.route("**/m/**", lose_once)
    worker.open(NEW)
    fill_log(worker, shots)
    press(worker)
    worker.page.get_by_text("已存手机").wait_for()
    for _photo in shots:
        worker.page.evaluate("kept.send(true)")
    kept(worker.page, "done")
    assert len(lost) == 3, "words and both photos were lost once each"
    the_one(photos=2)


def test_pressed_twice_and_sent_by_two_tabs_it_is_one(cast, meet, line, shots):
    worker = meet(cast.worker)
    worker.open(NEW)
    fill_log(worker, shots)
    with line.no_signal(worker):
        worker.page.get_by_role("button", name="我来办").dblclick()
        worker.page.get_by_text("已存手机").wait_for()
        pages = [worker.page]
    other = worker.page.context.new_page()
    other.goto(f"{worker.base}/m/")
    pages.append(other)
    for page in pages:
        page.evaluate("kept.send(true)")
    kept(other, "done")
    the_one(photos=2)


def test_the_next_person_sees_and_sends_nothing_of_it(cast, meet, line, shots):
    worker = meet(cast.worker)
    context = worker.page.context

    def signed_in(user):
        context.clear_cookies()
        context.add_cookies([{"name": "sessionid", "value": session_of(user), "url": worker.base}])

    worker.open(NEW)
    with line.no_signal(worker):
        fill_log(worker, shots)
        press(worker)
        worker.page.get_by_text("已存手机").wait_for()
        signed_in(cast.chief)  # while the page of the other still stands
    kept(worker.page, "ready")
    worker.page.get_by_text("已存手机").wait_for()
    worker.page.goto(f"{worker.base}{DRAFTS}")
    worker.page.get_by_text("都交上去了").wait_for()
    assert worker.page.evaluate("kept.all().then((all) => all.length)") == 0
    assert worker.page.locator("[data-unsent]:visible").count() == 0
    assert Ticket.objects.count() == 0
    signed_in(cast.worker)
    worker.page.goto(f"{worker.base}/m/")
    kept(worker.page, "done")
    assert the_one(photos=2).placed_by == cast.worker


def test_a_full_phone_says_so_and_the_words_go_all_the_same(cast, meet, shots):
    worker = meet(cast.worker)
    worker.open(NEW)
    fill_log(worker)
    worker.page.evaluate(FULL)
    worker.page.locator("input[type=file]").set_input_files(shots)
    worker.page.get_by_text("手机存满了").wait_for()
    worker.page.get_by_label("补充说明").fill(WORDS)  # there is room for words
    worker.page.get_by_label("补充说明").blur()
    worker.page.wait_for_timeout(300)
    worker.page.get_by_text("手机存满了").wait_for()
    press(worker)
    worker.page.wait_for_url("**/m/t/**")
    the_one(photos=2)
    worker.open(DRAFTS)
    worker.page.get_by_text("都交上去了").wait_for()


def test_what_must_be_mended_waits_for_its_person(cast, meet, line):
    worker = meet(cast.worker)
    worker.open(NEW)
    with line.no_signal(worker):
        worker.page.get_by_label("补充说明").fill(WORDS)
        kept(worker.page, "open")
        press(worker)
        worker.page.get_by_text("已存手机").wait_for()
    kept(worker.page, "fix")
    worker.open(DRAFTS)
    worker.page.get_by_text("要改").wait_for()
    worker.looks_right()
    worker.press("去改", "link")
    worker.page.get_by_role("alert").get_by_text("请点一类").first.wait_for()
    worker.page.locator("label", has_text="水沟塞了").click()
    press(worker)
    worker.page.wait_for_url("**/m/t/**")
    the_one()


def test_who_was_signed_out_is_asked_to_sign_in_and_loses_nothing(cast, meet, line):
    worker = meet(cast.worker)
    worker.open(NEW)
    fill_log(worker)
    worker.page.context.clear_cookies()
    press(worker)
    worker.page.get_by_text("登录以后自己会交").wait_for()
    assert Ticket.objects.count() == 0
    worker.page.context.add_cookies([{"name": "sessionid", "value": session_of(cast.worker), "url": worker.base}])
    worker.open("/m/")
    worker.page.evaluate("kept.send(true)")
    kept(worker.page, "done")
    the_one()


def test_pages_are_kept_for_their_person_and_say_how_old_they_are(cast, meet, line):
    ticket = at_state(cast, State.PLACED)
    worker = meet(cast.worker)
    page = worker.page
    worker.open("/m/")
    until(
        page,
        """async (urls) => {
            const names = (await caches.keys()).filter((name) => name.startsWith("pages-"));
            if (names.length !== 1) return false;
            const held = await caches.open(names[0]);
            return (await Promise.all(urls.map((url) => held.match(url)))).every(Boolean);
        }""",
        [NEW, DRAFTS, f"/m/t/{ticket.number}/", f"/m/t/{ticket.number}/do/supplement/",
         reverse("households:due"), reverse("lists:phone")],
    )  # fmt: skip
    with line.no_signal(worker):
        page.goto(f"{worker.base}/m/t/{ticket.number}/")
        worker.looks_right()
        worker.sees(ticket.title, "存下的")
        page.get_by_text("要有信号才能按").wait_for()
        page.goto(f"{worker.base}/m/t/{ticket.number}/do/supplement/")
        page.get_by_label("补充什么").fill("水又漫上来了")
        kept(page, "open")
        page.get_by_role("button", name="先存手机").click()
        page.get_by_text("已存手机").wait_for()
        page.goto(f"{worker.base}{NEW}")
        fill_log(worker)
        press(worker)
        page.get_by_text("已存手机").wait_for()
    page.goto(f"{worker.base}{DRAFTS}")
    kept(page, "done", count=2)
    the_one()
    assert TicketEvent.objects.filter(ticket=ticket, action="supplement").count() == 1
    page.goto(f"{worker.base}/m/me")
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/login/**")
    with line.no_signal(worker):
        page.goto(f"{worker.base}/m/t/{ticket.number}/")
        page.get_by_text("这一页没有存在手机里").wait_for()


def test_the_first_page_of_the_next_person_clears_those_of_the_last(cast, meet, line):
    ticket = at_state(cast, State.PLACED)
    worker = meet(cast.worker)
    worker.open("/m/")
    until(worker.page, "() => caches.keys().then((all) => all.some((name) => name.startsWith('pages-')))")
    worker.open(f"/m/t/{ticket.number}/")
    worker.page.context.clear_cookies()
    session = {"name": "sessionid", "value": session_of(cast.sibling_worker), "url": worker.base}
    worker.page.context.add_cookies([session])
    worker.open("/m/")
    with line.no_signal(worker):
        worker.page.goto(f"{worker.base}/m/t/{ticket.number}/")
        worker.page.get_by_text("这一页没有存在手机里").wait_for()
    names = worker.page.evaluate("caches.keys()")
    assert f"pages-{cast.worker.pk}" not in names


def test_a_visit_without_signal(cast, meet, line):
    worker = meet(cast.worker)
    worker.open(reverse("households:visit", args=[cast.household.code]))
    with line.no_signal(worker):
        press(worker, "平安")
        worker.page.get_by_text("已存手机").wait_for()
    kept(worker.page, "done")
    assert Visit.objects.get().device_at is not None


def test_a_residents_order_outlives_signal_and_tab(cast, meet, line, shots):
    resident = meet()
    order = reverse("issues:order", args=[cast.microgrid.token])
    resident.open(order)
    page = resident.page
    page.locator("#chooser label", has_text="水沟塞了").click()
    page.get_by_label("说两句").fill(WORDS)
    page.locator("input[type=file]").set_input_files(shots)
    kept(page, "open", photos=2)
    with line.no_signal(resident):
        page.get_by_role("button", name="先存手机").click()
        page.get_by_text("已存手机").wait_for()
    another_tab(resident)
    resident.page.goto(f"{resident.base}{order}")
    kept(resident.page, "done")
    the_one(photos=2)
    resident.page.get_by_role("link", name="看进度").click()
    resident.page.get_by_text("已收到").first.wait_for()


def test_a_phone_that_can_keep_nothing_says_so_and_works_online(cast, meet, shots):
    worker = meet(cast.worker)
    worker.page.add_init_script("Object.defineProperty(self, 'indexedDB', { value: undefined });")
    worker.open(NEW)
    worker.sees("不能把照片和没交的内容存在手机里")
    worker.page.locator("label", has_text="水沟塞了").click()
    worker.page.get_by_label("补充说明").fill(WORDS)
    worker.page.locator("input[type=file]").set_input_files(shots)
    until(worker.page, "() => document.querySelectorAll('.shots .shot:not(.add)').length === 2")
    press(worker)
    worker.page.wait_for_url("**/m/t/**")
    the_one(photos=2)
    worker.open(DRAFTS)
    worker.sees("不能在手机里存")

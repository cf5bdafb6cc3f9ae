"""The UI kit: tags, figures, components, error pages, weight, and how they stand in a real browser."""

import gzip
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.http import Http404
from django.template import Context, Template
from django.template.loader import get_template, render_to_string
from django.test import Client, RequestFactory

from core import clock
from core.templatetags import charts, ui
from core.web.forms import CleanForm
from core.web.pages import error_page
from core.web.styleguide import styleguide

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
COMPONENTS = sorted((ROOT / "templates" / "components").glob("*.html"))
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
ERRORS = (400, 403, 404, 409, 413, 422, 429, 500)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT / "templates"))


def render(source: str, **context: object) -> str:
    return Template("{% load charts %}" + source).render(Context(context))


# ---- house rules of templates


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_templates_obey_the_content_security_policy(path: Path) -> None:
    source = path.read_text()
    assert not re.search(r"<[^>]*\sstyle\s*=", source), "style attribute"
    assert not re.search(r"<[a-z][^>]*\son[a-z]+\s*=", source), "inline handler"
    assert not re.search(r"<style|<script(?![^>]*\ssrc=)", source), "inline style or script"
    assert "http://" not in source.replace("http://www.w3.org/", "")
    assert "https://" not in source


@pytest.mark.parametrize("path", COMPONENTS, ids=name_of)
def test_a_component_names_its_parameters_and_compiles(path: Path) -> None:
    assert path.read_text().startswith("{% comment %}")
    get_template(name_of(path))


def test_every_icon_that_is_asked_for_exists() -> None:
    drawn = set(re.findall(r'id="i-(\w+)"', (ROOT / "static" / "icons.svg").read_text()))
    asked = {name for path in TEMPLATES for name in re.findall(r'{% i "(\w+)"', path.read_text())}
    assert asked <= drawn


def test_every_width_class_exists() -> None:
    sheet = (ROOT / "static" / "css" / "charts.css").read_text()
    drawn = {name for n in range(101) for name in charts.width(n).split()} - {"t0", "u0"}
    assert all(f".{name} {{" in sheet for name in drawn)


# ---- signs


def test_a_lamp_says_its_colour_in_shape_and_word() -> None:
    assert "<rect" in ui.lamp("r")
    assert "红灯" in ui.lamp("red")
    assert "lamp n" in ui.lamp("purple")
    assert "&lt;b&gt;" in ui.lamp("y", "<b>")
    assert "pill" in ui.lamp("b", "蓝 3", True)


def test_a_stage_is_a_ring_and_a_word() -> None:
    assert "待领办" in ui.stage("dispatched")
    assert "stroke-dasharray" in ui.stage("placed")
    assert 'class="vh"' in ui.stage("closed", "")
    assert "&lt;x&gt;" in ui.stage("<x>")
    assert ui.stage_word("returned") == "退回待改派"


@pytest.mark.parametrize(
    ("minutes", "long", "short"),
    [
        (7 * 60 + 36, "剩 7 小时 36 分", "剩 7 时 36 分"),
        (41 * 60, "剩 1 天 17 小时", "剩 1 天 17 时"),
        (48 * 60, "剩 2 天", "剩 2 天"),
        (5, "剩 5 分", "剩 5 分"),
        (60, "剩 1 小时", "剩 1 时"),
        (-125, "超 2 小时 05 分", "超 2 时 05 分"),
    ],
)
def test_remaining_counts_in_two_units(minutes: int, long: str, short: str) -> None:
    with clock.at(NOON):
        due = NOON + timedelta(minutes=minutes)
        assert (ui.remaining(due), ui.remaining(due, "short")) == (long, short)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (NOON, "今天 12:00"),
        (NOON - timedelta(hours=13), "昨天 23:00"),
        (NOON + timedelta(hours=12), "明天 00:00"),
        (NOON - timedelta(days=2), "11月18日 12:00"),
        (NOON.replace(year=2025), "2025年11月20日 12:00"),
    ],
)
def test_when_speaks_of_county_days(moment: datetime, words: str) -> None:
    with clock.at(NOON):
        assert ui.when(moment) == words


def test_missing_moments_are_empty() -> None:
    assert (ui.remaining(None), ui.when(None), ui.iso(None)) == ("", "", "")


# ---- figures


def test_wilson_interval_is_wide_for_few_cases() -> None:
    low, high = charts.wilson(10, 10)
    assert (round(low, 3), high) == (0.722, 1.0)
    assert charts.wilson(0, 0) == (0.0, 1.0)
    assert charts.whisker(0, 0) == ""
    assert "72% 至 100%" in charts.whisker(10, 10)


@pytest.mark.parametrize(("value", "width"), [(-5, "0"), (72.4, "72.4"), (300, "100"), (None, "0")])
def test_a_bar_stays_inside(value: float | None, width: str) -> None:
    assert f'width="{width}"' in charts.bar(value, "y", "时限")


def test_a_funnel_keeps_one_scale_and_small_parts_visible() -> None:
    parts: list[charts.Part] = [
        {"n": 90, "label": "甲", "url": "/t/?a=1&b=2", "tone": "a"},
        {"n": 2, "label": "乙", "tone": "c2"},
        {"n": 0, "label": "丙", "tone": "c2"},
    ]
    html = charts.funnel([{"title": "点单", "total": 92, "parts": parts}], 200)
    assert 'class="part a t4 u5" href="/t/?a=1&amp;b=2"' in html
    assert "part c2 tiny" in html
    assert "丙" not in html
    assert "gap part t5 u4" in html


@pytest.mark.parametrize(("value", "step"), [(None, "h0"), (0, "h0"), (0.1, "h1"), (2.5, "h3"), (99, "h5")])
def test_heat_steps(value: float | None, step: str) -> None:
    assert charts.heat_step(value, 5) == step


def test_a_trend_links_its_columns_and_survives_zeros() -> None:
    html = charts.trend(["9/6", "9/13"], [0, 0], [0, 0], urls=["/t/?w=1", "/t/?w=2"])
    assert html.count("<a href=") == 2
    assert 'role="img"' in charts.trend(["本周"], [3], [2])
    assert charts.trend([], [], []) == ""


def test_rates_and_shares() -> None:
    assert (charts.rate(0.942), charts.rate(1), charts.rate(None)) == ("94.2%", "100%", "—")
    assert (charts.share(1, 4), charts.share(1, 0)) == (25.0, 0.0)
    assert charts.table_of(["甲"], {"受理": [1]}) == {"head": ["受理"], "rows": [["甲", 1]]}


# ---- parts


def test_a_card_is_no_taller_than_what_it_says() -> None:
    assert render("{% card %}一{% endcard %}") == '<section class="card"><div class="pad">一</div></section>'
    html = render("{% card t note=n url='/x/' action='看' css='k5' icon='lock' %}一{% endcard %}", t="<b>", n="注")
    assert '<section class="card k5"><header><h2><svg' in html
    assert "&lt;b&gt;</h2>" in html
    assert '<span class="mute">注</span><span class="end"><a href="/x/">看</a></span></header>' in html


def test_a_table_says_its_label_twice_and_may_stand_without_a_frame() -> None:
    html = render("{% table '工单' css='q' %}<tr></tr>{% endtable %}")
    assert html.startswith(
        '<div class="card tblwrap" tabindex="0" role="region" aria-label="工单"><table class="tbl q">'
    )
    assert '<caption class="vh">工单</caption><tr></tr></table></div>' in html
    assert render("{% table '工单' card=False %}{% endtable %}").startswith('<div class="tblwrap"')


def test_the_head_of_a_page_says_no_more_than_it_is_given() -> None:
    source = "{% page_head '工单' '今天' code='sub' %}{{ act }}{% endpage_head %}"
    assert render(source) == '<div class="head"><h1>工单</h1><span class="sub code">今天</span></div>'
    assert render(source, act="去").endswith('<div class="act">去</div></div>')


def test_a_remark_takes_its_sign_from_its_tone() -> None:
    assert render("{% note 'warn' role='status' %}一{% endnote %}").startswith(
        '<p class="note1 warn" role="status"><svg'
    )
    assert "#i-warn" in render("{% note 'r' %}红{% endnote %}")
    assert '<p class="note1">' in render("{% note 'y' icon='clock' %}黄{% endnote %}")


def test_an_empty_state_and_an_error_summary_say_what_is_given() -> None:
    assert render("{% nothing '没有' %}{% endnothing %}").endswith('<p class="t">没有</p></div>')
    html = render("{% nothing '没有' url='/' action='看' %}因为{% endnothing %}")
    assert html.endswith('<p>因为</p><a class="btn" href="/">看</a></div>')
    assert "<p>改</p></div>" in render("{% error_summary '没有提交' %}<p>改</p>{% enderror_summary %}")


def test_words_are_put_together_for_an_argument_and_escaped_once() -> None:
    source = "{% phrase as sub %}{{ a }} · <i>{{ b }}</i>{% endphrase %}{% page_head a sub %}{% endpage_head %}"
    assert '<h1>&lt;</h1><span class="sub">&lt; · <i>2</i></span>' in render(source, a="<", b=2)


def test_an_act_is_a_link_or_a_button() -> None:
    link = {"text": "办", "icon": "hand", "url": "/a/?b=1&c=2", "key": "A"}
    assert 'href="/a/?b=1&amp;c=2" data-key="a" aria-keyshortcuts="A"><svg' in render("{% act x 'pri' %}", x=link)
    button = {"text": "催", "small": "一次", "name": "do", "value": "remind", "form": "f"}
    html = render("{% act x %}", x=button)
    assert html.startswith('<button class="btn" type="submit" form="f" name="do" value="remind">')
    assert '<span class="two">催<small>一次</small></span>' in html


def test_a_key_number_is_a_link_where_there_is_something_to_see() -> None:
    assert render("{% kpi '户数' 0 unit='户' %}") == (
        '<div class="kpi"><span class="l">户数</span><span class="v">0<small>户</small></span></div>'
    )
    html = render("{% kpi '在办' 3 url='/t/' lamps=lamps %}", lamps=[{"key": "r", "text": "红 1"}])
    assert html.startswith('<a class="kpi" href="/t/">')
    assert 'class="lamp r pill"' in html


# ---- forms


class Sample(CleanForm):
    name = forms.CharField(label="姓名", help_text="与证件一致")
    kind = forms.ChoiceField(label="类别", choices=[("a", "甲"), ("b", "乙")], widget=forms.RadioSelect)
    level = forms.ChoiceField(label="级别", choices=[("1", "一级")])
    memo = forms.CharField(label="说明", required=False, widget=forms.Textarea)
    agreed = forms.BooleanField(label="同意")


def test_a_field_ties_label_hint_and_error_to_its_input() -> None:
    html = str(Sample({"name": ""})["name"].as_field_group())
    assert '<label for="id_name">姓名' in html
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert html.index("id_name_helptext") < html.index("<input")


def test_a_whole_form_renders_with_its_summary() -> None:
    html = str(Sample({"name": "<b>", "kind": "c"}))
    assert '<a href="#id_kind_0">类别' in html
    assert "autofocus" in html
    assert "&lt;b&gt;" in html
    assert html.count("<legend>") == 1
    assert 'type="checkbox" name="agreed"' in html
    assert "errsum" not in str(Sample())


def test_tiles_carry_icons() -> None:
    form = Sample({"kind": "b"})
    html = render(
        '{% include "components/field.html" with field=f look="tiles" %}', f=form["kind"], icons={"a": "drain"}
    )
    assert "icons.svg#i-drain" in html
    assert re.search(r'value="b" id="id_kind_1" checked', html)


# ---- error pages


@pytest.mark.parametrize("status", ERRORS)
def test_error_pages_say_what_is_kept_and_what_to_do(status: int) -> None:
    response = error_page(RequestFactory().get("/"), status)
    html = response.content.decode()
    assert response.status_code == status
    assert "已保留" in html
    assert "怎么办" in html
    assert "<script" not in html


@pytest.mark.parametrize("status", ERRORS)
def test_error_pages_need_no_context(status: int) -> None:
    assert str(status) in render_to_string(f"{status}.html")


@pytest.mark.django_db
def test_two_missing_pages_are_the_same_bytes() -> None:
    client = Client()
    first, second = client.get("/no/such/1/"), client.get("/no/such/<b>/?x=2")
    assert first.status_code == second.status_code == 404
    assert first.content == second.content


# ---- large type


@pytest.mark.parametrize(
    ("target", "goes_to"),
    [
        ("/m/?a=1", "/m/?a=1"),
        ("//evil.example", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("", "/"),
    ],
)
def test_large_type_is_a_cookie_and_never_leads_away(target: str, goes_to: str) -> None:
    client = Client()
    response = client.post("/large/", {"next": target})
    assert response["Location"] == goes_to
    assert response.cookies["big"].value == "1"
    assert client.post("/large/", {"next": target}).cookies["big"].value == ""


# ---- style guide


@pytest.mark.django_db
@pytest.mark.parametrize("frame", ["", "phone", "plain", "<x>"])
def test_the_style_guide_stands_on_every_frame(settings: Any, frame: str) -> None:
    settings.DEMO = True
    client = Client()
    client.cookies["big"] = "1"
    html = client.get("/styleguide/", {"frame": frame}).content.decode()
    assert '<html lang="zh-Hans-CN" class="big"' in html
    assert "style=" not in html
    assert "None" not in html


def test_the_style_guide_hides_from_the_public(settings: Any) -> None:
    settings.DEMO = settings.DEBUG = False
    request = RequestFactory().get("/styleguide/")
    request.user = AnonymousUser()
    with pytest.raises(Http404):
        styleguide(request)


# ---- weight


@pytest.mark.django_db
def test_the_first_phone_page_weighs_at_most_50_kb(settings: Any) -> None:
    settings.DEMO = True
    html = Client().get("/styleguide/?frame=phone").content
    paths = re.findall(r'(?:href|src)="/static/([\w./-]+\.(?:css|js|svg))["#]', html.decode())
    files = {path for path in paths if not path.startswith("sample/")}
    assert {"icons.svg", "js/app.js", "css/phone.css"} <= files
    sizes = [len(gzip.compress(Path(str(finders.find(path))).read_bytes())) for path in files]
    assert len(gzip.compress(html)) + sum(sizes) <= 50_000


# ---- a real browser

SIZES = [(390, 844, False), (320, 640, True), (1440, 900, False)]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("frame", ["desk", "phone", "plain"])
@pytest.mark.parametrize(("width", "height", "big"), SIZES)
def test_every_component_is_accessible(
    chromium: Any, live_server: Any, settings: Any, frame: str, width: int, height: int, big: bool
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    settings.DEMO = True
    context = chromium.new_context(viewport={"width": width, "height": height})
    if big:
        context.add_cookies([{"name": "big", "value": "1", "url": live_server.url}])
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.goto(f"{live_server.url}/styleguide/?frame={frame}")
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    found = Axe().run(page).response["violations"]
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    context.close()
    assert [(v["id"], v["nodes"][0]["html"]) for v in found] == []
    assert overflow <= 0
    assert complaints == []


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_keys_move_select_search_and_can_be_switched_off(browser_page: Any, live_server: Any, settings: Any) -> None:
    settings.DEMO = True
    page = browser_page
    page.goto(f"{live_server.url}/styleguide/")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    current = page.locator("[data-row][aria-current=true]")
    assert "ST-1117-012" in current.inner_text()
    page.keyboard.press("x")
    assert current.locator("input").is_checked()
    page.keyboard.press("/")
    page.keyboard.type("jk")
    assert page.input_value("#q") == "jk"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    page.uncheck("[data-keys-switch]")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("k")
    assert "ST-1117-012" in current.inner_text()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_errors_take_the_focus_and_photographs_are_made_smaller(
    browser_page: Any, live_server: Any, settings: Any, tmp_path: Path
) -> None:
    from PIL import Image

    settings.DEMO = True
    Image.radial_gradient("L").resize((3200, 2400)).convert("RGB").save(tmp_path / "大图.png")
    page = browser_page
    page.goto(f"{live_server.url}/styleguide/?frame=phone")
    assert page.evaluate("document.activeElement.className") == "errsum"
    page.set_input_files("#id_photos", str(tmp_path / "大图.png"))
    page.wait_for_selector("[aria-label='删除照片 1']")
    kind, size = page.evaluate("(f => [f.type, f.size])(document.querySelector('#id_photos').files[0])")
    assert kind == "image/jpeg"
    assert size < 250_000
    page.click("[aria-label='删除照片 1']")
    assert page.evaluate("document.querySelector('#id_photos').files.length") == 0

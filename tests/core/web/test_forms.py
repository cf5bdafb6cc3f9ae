"""No text breaks a form, and every refusal is Chinese and beside its field."""

import re
from datetime import UTC, date, datetime, time
from importlib import import_module
from pathlib import Path

import pytest
from django import forms
from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from core.web.forms import (
    CleanForm,
    DayField,
    DaytimeField,
    IdempotentForm,
    LongText,
    MomentField,
    NoIdentityNumbers,
)


class Sample(CleanForm):
    title = forms.CharField(max_length=50)
    note = forms.CharField(widget=forms.Textarea, required=False)
    grade = forms.ChoiceField(choices=[("a", "甲"), ("b", "乙")], required=False)
    kinds = forms.MultipleChoiceField(choices=[("a", "甲")], required=False)
    count = forms.IntegerField(required=False, min_value=0, max_value=1000)
    day = forms.DateField(required=False)
    moment = forms.DateTimeField(required=False)
    share = forms.DecimalField(required=False, max_digits=6, decimal_places=2)
    agreed = forms.BooleanField(required=False)


def errors(**data: object) -> dict[str, list[str]]:
    return Sample({"title": "井盖", **data}).errors


def test_clean_text_passes_with_its_line_breaks() -> None:
    form = Sample({"title": " 井盖 𠮷👨‍👩‍👧 ", "note": "一\r\n二\t三"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["title"] == "井盖 𠮷👨‍👩‍👧"
    assert form.cleaned_data["note"] == "一\n二\t三"


def test_what_nobody_sees_is_taken_out_of_what_is_typed() -> None:
    form = Sample({"title": "\u2067井\u200b盖\ufeff", "kinds": ["a\u200b"], "count": "\u200e7"})
    assert form.is_valid(), form.errors
    assert (form.cleaned_data["title"], form.cleaned_data["kinds"], form.cleaned_data["count"]) == ("井盖", ["a"], 7)


@pytest.mark.parametrize("name", ["title", "note", "grade", "kinds", "count", "day", "moment", "share"])
@pytest.mark.parametrize("bad", ["\x00", "a\x00b", "\ud800", "\x1b[31m", "\x7f", "\u0085x", "\ufffe"])
def test_what_cannot_be_stored_is_refused_beside_its_field(name: str, bad: str) -> None:
    value = [bad] if name == "kinds" else bad
    found = errors(**{name: value})
    assert list(found) == [name]
    assert "字符" in found[name][0] or "选" in found[name][0]


def test_line_breaks_do_not_belong_in_one_line() -> None:
    assert "title" in errors(title="一\n二")


@pytest.mark.parametrize("name", ["title", "note", "grade", "kinds", "count", "day", "moment", "share"])
def test_a_hundred_thousand_characters(name: str) -> None:
    value = "9" * 100_000
    found = errors(**{name: [value] if name == "kinds" else value})
    assert "过长" in found[name][0]


@pytest.mark.parametrize(("name", "value"), [("grade", "z"), ("kinds", ["z"]), ("kinds", "z")])
def test_unknown_choices_in_chinese_without_echo(name: str, value: object) -> None:
    assert errors(**{name: value})[name] == ["请从给出的选项中选择"]


@pytest.mark.parametrize("value", ["0001-01-01", "9999-12-31", "1899-12-31"])
@pytest.mark.parametrize("name", ["day", "moment"])
def test_dates_no_database_holds(name: str, value: str) -> None:
    assert name in errors(**{name: value})


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e999999", "-1e-999999", "0x10", "１２３４５６７８９"])
def test_numbers(value: str) -> None:
    assert "share" in errors(share=value)


def test_a_message_of_the_forms_own_stays() -> None:
    class Own(CleanForm):
        title = forms.CharField(error_messages={"required": "写个标题吧"})
        other = forms.CharField()

    assert Own({}).errors == {"title": ["写个标题吧"], "other": ["请填写此项"]}


def test_idempotency_key() -> None:
    class Order(IdempotentForm):
        title = forms.CharField()

    fresh = str(Order()["idempotency_key"])
    assert 'type="hidden"' in fresh
    assert fresh != str(Order()["idempotency_key"])
    key = "0b0e9f3c-8d8b-4c1c-9a54-0d4f6c9f0e11"
    form = Order({"title": "x", "idempotency_key": key})
    assert form.is_valid()
    assert form.key == key
    for bad in ("", "x", "\x00", "9" * 100_000):
        form = Order({"title": "打好的字", "idempotency_key": bad})
        assert list(form.errors) == ["idempotency_key"]
        assert form["title"].value() == "打好的字"


@given(st.dictionaries(st.sampled_from(list(Sample.base_fields)), st.lists(st.text(), max_size=3)))
def test_no_input_raises(data: dict[str, list[str]]) -> None:
    query = QueryDict(mutable=True)
    for name, values in data.items():
        query.setlist(name, values)
    form = Sample(query)
    form.is_valid()
    for messages in form.errors.values():
        assert all(messages)


class Asked(CleanForm):
    on = DayField(initial=date(2026, 11, 20))
    at = MomentField(initial=datetime(2026, 11, 20, 1, 30, tzinfo=UTC))
    hour = DaytimeField(initial=time(9, 30))
    words = LongText(4, placeholder="例：井盖松动")


WRITTEN = {
    "on": ("date", "2026-11-20", ("2026-11-20", "2026/11/20", "2026.11.20", "2026年11月20日", "２０２６／１１／２０")),
    "at": ("datetime-local", "2026-11-20T09:30", ("2026-11-20T09:30", "2026/11/20 9:30", "2026年11月20日 9时30分")),
    "hour": ("time", "09:30", ("09:30", "9:30", "9时30分", "９：３０")),
}
"""For each field of `Asked` the kind of its input, the value a browser reads, and how people type it."""


@pytest.mark.parametrize("language", ["zh-hans", "en", "de", "fa"])
@pytest.mark.parametrize("name", WRITTEN)
def test_days_and_moments_are_written_as_a_browsers_calendar_reads_them(name: str, language: str) -> None:
    kind, value, typed = WRITTEN[name]
    with translation.override(language):
        initial = Asked()
        for form in (initial, *(Asked({name: text}) for text in typed)):
            assert f'type="{kind}"' in str(form[name])
            assert f'value="{value}"' in str(form[name])
            assert form is initial or form.cleaned_data.get(name) == initial[name].initial, form.errors


@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_no_day_stays_in_sight_and_is_refused_in_chinese(name: str) -> None:
    form = Asked({name: "下周一"})
    assert 'type="text"' in str(form[name])
    assert 'value="下周一"' in str(form[name])
    assert any(example in form.errors[name][0] for example in ("2026-11-30", "20:00"))
    assert 'type="text"' not in str(Asked({name: ""})[name])


def test_every_day_and_moment_of_the_house_is_asked_for_in_one_way() -> None:
    """Fields that steps make as they are taken stand in no class, so the source is read too."""
    ours, theirs = (DayField, MomentField, DaytimeField), (forms.DateField, forms.DateTimeField, forms.TimeField)
    fields = [field for form in forms_of_the_house() for field in getattr(form, "base_fields", {}).values()]
    assert sum(isinstance(field, ours) for field in fields) > 20
    assert [field.label for field in fields if isinstance(field, theirs) and not isinstance(field, ours)] == []
    made = re.compile(r"forms\.(Split)?(Date|DateTime|Time)(Field|Input)\b|widgets\.Date|SelectDateWidget")
    sources = [path for floor in FLOORS for path in (settings.BASE_DIR / floor).rglob("*.py")]
    assert [path for path in sources if made.search(path.read_text())] == [settings.BASE_DIR / "core/web/forms.py"]


def test_long_words_have_rows_an_example_and_an_end() -> None:
    drawn = str(Asked()["words"])
    assert 'rows="4"' in drawn
    assert 'placeholder="例：井盖松动"' in drawn
    assert 'maxlength="2000"' in drawn
    assert "words" in Asked({"on": "2026-11-20", "at": "2026-11-20T09:30", "words": "长" * 2001}).errors


# ---- identity numbers ------------------------------------------------------------------------------------------------
NUMBER = "11010519491231002X"
FLOORS = {path.parent.name for path in settings.BASE_DIR.glob("*/__init__.py")} - {"tests"}


@pytest.mark.django_db  # codes of ours are asked for
@pytest.mark.parametrize(
    "said",
    [
        NUMBER,
        NUMBER.lower(),
        "110105 19491231 002X",
        "110105-19491231-002X",
        "１１０１０５４９１２３１００２",
        f"证号{NUMBER}。",
    ],
)
@pytest.mark.parametrize("name", ["title", "note", "count", "day", "share"])
def test_an_identity_number_is_refused_beside_its_field_and_stays_typed(name: str, said: str) -> None:
    form = Sample({"title": "井盖", name: said})
    assert list(form.errors) == [name]
    assert "身份证号" in str(form.errors[name])
    assert said in str(form[name])
    assert name not in form.cleaned_data


def test_a_number_is_found_where_the_field_came_later_and_in_names_of_files() -> None:
    class Later(CleanForm):
        def __init__(self, *args: object, **kwargs: object) -> None:
            super().__init__(*args, **kwargs)
            self.fields["late"] = forms.CharField(required=False)
            self.fields["file"] = forms.FileField(required=False)

    assert list(Later({"late": NUMBER}).errors) == ["late"]
    assert list(Later({}, {"file": SimpleUploadedFile(f"{NUMBER}.pdf", b"x")}).errors) == ["file"]
    assert not Later({"late": "440783103229002"}, {"file": SimpleUploadedFile("户.pdf", b"x")}).errors


def test_passwords_and_choices_are_not_looked_at() -> None:
    class Secret(CleanForm):
        password = forms.CharField(widget=forms.PasswordInput)
        area = forms.ChoiceField(choices=[("110105491231002", "甲")])

    assert Secret({"password": NUMBER, "area": "110105491231002"}).is_valid()


@given(
    st.from_regex(r"[0-9]{1,14}|1[3-9][0-9]{9}|[A-Z]{2}[0-9]{2}-[0-9]{4}-[0-9]{3}|440783103[0-9]{10}", fullmatch=True)
)
def test_other_numbers_are_no_identity_numbers(said: str) -> None:
    assert Sample({"title": said, "note": f"{said}，{said}"}).is_valid()


def test_every_form_of_the_house_is_a_clean_form() -> None:
    ours = forms_of_the_house()
    assert len(ours) > 90
    assert [form for form in ours if not issubclass(form, CleanForm | NoIdentityNumbers)] == []
    assert {form.__name__ for form in ours if not issubclass(form, CleanForm)} == {"NoIdentityNumbers", "DayForm"}


def forms_of_the_house() -> list[type[forms.BaseForm]]:
    import_module("governance.urls")
    for app in apps.get_app_configs():
        if app.name.split(".")[0] in FLOORS:
            for path in Path(app.path).rglob("*form*.py"):
                import_module(".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts))
    return [form for form in descendants(forms.BaseForm) if form.__module__.split(".")[0] in FLOORS]


def descendants(form: type) -> set[type]:
    return {form}.union(*(descendants(one) for one in form.__subclasses__()))

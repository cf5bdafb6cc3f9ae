"""Forms that no input can break.

`CleanForm` guards every field before its own cleaning: what nobody sees is taken out; unprintable
characters, over-long text and dates no database can hold become a Chinese sentence beside the field.
What was typed stays in the form. `IdempotentForm` carries the key that makes a second submission a replay.
"""

import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.days import typed
from core.files import waiting
from core.files.images import Announced, BadImage, Picture, prepare
from core.races import questions
from core.text import Text, code_of, is_clean, printable, seen
from core.trust.identity import REFUSAL, Finder
from core.trust.keys import dialled

MAX_TEXT = 2000
MAX_CHOICE_TEXT = 200
YEARS = (1900, 2200)
MESSAGES = {
    "required": _("请填写此项"),
    "invalid_choice": _("请从给出的选项中选择"),
    "invalid_pk_value": _("请从给出的选项中选择"),
    "invalid_list": _("请从给出的选项中选择"),
}
BLANKS = " \t\n\u3000"
PHONE = RegexValidator(r"^\+?[0-9]{5,15}\Z", _("电话号码应为 5 到 15 位数字"), code="phone")
RESUMED = "resumed"
"""A field of a form that comes back after its session or its page had ended: it is shown, and taken when sent again."""
BACK = {
    "words": _("刚才填的内容都在；还没有提交，请核对后再提交"),
    "files": _("刚才填的文字都在，照片和文件要重新选；还没有提交，请核对后再提交"),
}
EXPIRED = _("页面已过期，请刷新后重新提交")
NAME_SHOWN = 30
"""Characters of the name of a photo that could not be read."""
SHA256 = re.compile(r"[0-9a-f]{64}")
VERSION_MAX = 2**31 - 1
NOT_VALUES = frozenset({"idempotency_key", "version", "photos", "reply"})
UNPRINTABLE = _("含有无法保存的字符，请删去后重试")


class NoIdentityNumbers(forms.BaseForm):
    """A form that never takes an identity number, in whatever field; looked for last, so that no field is left out."""

    def full_clean(self) -> None:
        super().full_clean()
        finder = Finder()
        for name, field in self.fields.items() if self.is_bound else ():
            if _is_free(field) and any(finder.finds(said) for said in _said(self[name].data)):
                self.errors.pop(name, None)
                self.add_error(name, ValidationError(REFUSAL, code="identity_number"))


class CleanForm(NoIdentityNumbers, forms.Form):
    """A form whose fields refuse what cannot be stored or shown, in Chinese."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            guard(field)

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and self.data and self.data.get(RESUMED) in BACK:
            self.add_error(None, ValidationError(BACK[self.data[RESUMED]], code="resumed"))


class IdempotentForm(CleanForm):
    """A creating form: pass `key` to `core.races.idempotency.claim`."""

    idempotency_key = forms.UUIDField(
        widget=forms.HiddenInput,
        initial=uuid.uuid4,
        error_messages=dict.fromkeys(("required", "invalid"), EXPIRED),
    )

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and "idempotency_key" in self.errors:
            self.renew()

    def renew(self) -> None:
        """Keep what was typed under a new key: the old one is unreadable or spent on something else."""
        self.data = given_again(self.data, idempotency_key=str(uuid.uuid4()))

    @property
    def key(self) -> str:
        """The key of a valid form; empty where a form does without."""
        return str(self.cleaned_data["idempotency_key"] or "")


class AskingForm(CleanForm):
    """A form of strangers: where it is crowded it asks a small question first (`components/asked.html`)."""

    question = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)
    answer = forms.CharField(
        label=_("答案"),
        required=False,
        max_length=4,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )
    asked = ""
    """The question, while it is to be answered."""

    @property
    def is_answered(self) -> bool:
        """Whether the question was answered; an answer is good once."""
        given = self.cleaned_data
        return bool(given.get("answer")) and questions.is_right(given.get("question", ""), given["answer"])

    def ask(self) -> None:
        """Ask a new question, with everything else as it was typed."""
        token, self.asked = questions.ask()
        self.fields["answer"].required = True
        self.data = given_again(self.data, question=token, answer="")


def given_again(data: Any, **changes: str) -> Any:
    """What was sent, with some values changed."""
    copy = data.copy() if isinstance(data, QueryDict) else dict(data)
    for name, value in changes.items():
        copy[name] = value
    return copy


class StepForm(IdempotentForm):
    """The version its reader saw; an app adds the fields of a step.

    A press without an idempotency key is taken too: what moves a thing is safe by its version.
    """

    version = forms.IntegerField(
        min_value=1,
        max_value=VERSION_MAX,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), EXPIRED),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["idempotency_key"].required = False

    @property
    def values(self) -> dict[str, Any]:
        """What was filled in, without what belongs to the form itself."""
        return {name: value for name, value in self.cleaned_data.items() if name not in NOT_VALUES and value}

    @property
    def seen(self) -> int:
        return int(self.cleaned_data["version"])


def offer(field: Any, choices: Iterable[Any], *, each: Mapping[str, Any] | None = None) -> None:
    """What may be chosen in a choice field of a form just made; `each` says what a chosen value stands for."""
    field.choices = list(choices)
    if each is not None:
        field.coerce = each.__getitem__


def guard(field: forms.Field) -> None:
    """Wrap `field.clean` with the checks of CleanForm and give it the Chinese messages."""
    custom = {"required", *MESSAGES} & _messages_set_by_hand(field)
    field.error_messages.update({code: text for code, text in MESSAGES.items() if code not in custom})
    own_clean: Callable[..., Any] = field.clean

    def clean(value: Any, *rest: Any) -> Any:
        checked = _checked(field, value)
        try:
            result = own_clean(checked, *rest)
        except (OverflowError, UnicodeError) as error:
            raise ValidationError(_("输入有误，请检查"), code="invalid") from error
        if isinstance(result, date | datetime) and not YEARS[0] <= result.year <= YEARS[1]:
            raise ValidationError(_("日期超出范围"), code="invalid")
        return result

    field.clean = clean  # type: ignore[method-assign]  # one hook covers every field class, also third-party


def _is_free(field: forms.Field) -> bool:
    """Whether what is typed may be kept as it is: not what is chosen from a list, nor what is kept as a digest."""
    is_secret = isinstance(field.widget, forms.PasswordInput)
    return not (is_secret or hasattr(field, "choices") or isinstance(field, forms.UUIDField))


def _said(value: Any) -> Iterator[str]:
    """The texts of what came for a field: words, lists of them, names of files."""
    if isinstance(value, list | tuple):
        for part in value:
            yield from _said(part)
    elif isinstance(value, str):
        yield value
    elif name := getattr(value, "name", ""):
        yield str(name)


def _messages_set_by_hand(field: forms.Field) -> set[str]:
    """Codes whose message differs from what the field's class gives by default."""
    defaults: dict[str, Any] = {}
    for parent in reversed(type(field).__mro__):
        defaults.update(getattr(parent, "default_error_messages", {}))
    return {code for code, text in field.error_messages.items() if defaults.get(code) is not text}


def _checked(field: forms.Field, value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_checked(field, part) for part in value]
    if not isinstance(value, str):
        return value
    if not isinstance(field.widget, forms.PasswordInput):  # a password is whatever was typed, when it was set and now
        value = seen(value)
    is_text = isinstance(field, forms.CharField)
    if is_text:
        value = value.replace("\r\n", "\n").replace("\r", "\n")
    bare = value.strip(BLANKS)
    if not is_clean(bare, multiline=isinstance(field.widget, forms.Textarea)):
        raise ValidationError(UNPRINTABLE, code="unprintable")
    limit = (getattr(field, "max_length", None) or MAX_TEXT) if is_text else MAX_CHOICE_TEXT
    if len(bare) > limit:
        raise ValidationError(
            _("内容过长：最多 %(limit)d 个字，现在 %(length)d 个字"),
            code="max_length",
            params={"limit": limit, "length": len(bare)},
        )
    return value


class LongText(forms.CharField):
    """Words in several lines: `rows` are seen at once."""

    def __init__(self, rows: int, *, placeholder: Text = "", max_length: int = MAX_TEXT, **kwargs: Any) -> None:
        attrs: dict[str, Any] = {"rows": rows} | ({"placeholder": placeholder} if placeholder else {})
        super().__init__(max_length=max_length, widget=forms.Textarea(attrs), **kwargs)


class _Calendar(forms.widgets.DateTimeBaseInput):
    """An input of the browser's calendar or clock, which shows nothing but ISO: so its value is written, whoever typed
    it and however. What is no day at all stays in sight as it was typed, in a field of words.
    """

    kind: str
    iso: str
    read: Callable[[str], Any]

    def __init__(self, attrs: Any = None) -> None:
        super().__init__({"type": self.kind, **(attrs or {})}, format=self.iso)

    def format_value(self, value: Any) -> Any:
        found = self.read(value) if isinstance(value, str) else None
        return super().format_value(value if found is None else found)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        if isinstance(value, str) and value.strip() and self.read(value) is None:
            context["widget"]["type"] = "text"
        return context


class DayInput(_Calendar, forms.DateInput):
    kind, iso, read = "date", "%Y-%m-%d", staticmethod(typed.day_of)


class MomentInput(_Calendar, forms.DateTimeInput):
    kind, iso, read = "datetime-local", "%Y-%m-%dT%H:%M", staticmethod(typed.moment_of)


class DaytimeInput(_Calendar, forms.TimeInput):
    kind, iso, read = "time", "%H:%M", staticmethod(typed.time_of)


class DayField(forms.DateField):
    """A day, picked from the browser's calendar or typed as people write days (`core.days.typed`)."""

    widget = DayInput
    default_error_messages = {"invalid": _("看不懂这个日期，请写成 2026-11-30 这样")}

    def to_python(self, value: Any) -> date | None:
        return super().to_python(_typed(typed.day_of, value))


class MomentField(forms.DateTimeField):
    """A day and a time, picked from the browser's calendar or typed; `initial` is a moment."""

    widget = MomentInput
    default_error_messages = {"invalid": _("看不懂这个时间，请写成 2026-11-30 09:30 这样")}

    def to_python(self, value: Any) -> datetime | None:
        return super().to_python(_typed(typed.moment_of, value))


class DaytimeField(forms.TimeField):
    """A time of day, picked from the browser's clock or typed."""

    widget = DaytimeInput
    default_error_messages = {"invalid": _("请填 24 小时制的时间，例如 20:00")}

    def to_python(self, value: Any) -> time | None:
        return super().to_python(_typed(typed.time_of, value))


def _typed(read: Callable[[str], Any], value: Any) -> Any:
    """What a text names; anything else, and a text that names nothing, as it came."""
    found = read(value) if isinstance(value, str) else None
    return value if found is None else found


class CodeField(forms.CharField):
    """A number or a code in any width and case; cleans to how it is kept (`core.text.code_of`)."""

    def to_python(self, value: Any) -> str:
        return code_of(super().to_python(value) or "")


class PhoneField(forms.CharField):
    """A phone number however it is written; cleans to how it is dialled (`core.trust.keys`)."""

    widget = forms.TextInput({"type": "tel", "inputmode": "tel", "autocomplete": "tel"})

    def __init__(self, **kwargs: Any) -> None:
        """`validators` of its own stand instead of the one of all numbers."""
        super().__init__(max_length=20, **{"validators": [PHONE], **kwargs})

    def to_python(self, value: Any) -> str:
        return dialled(super().to_python(value) or "")


@dataclass(frozen=True)
class Waiting:
    """A photo that came with the form before and waits since (`core.files.waiting`)."""

    token: str


class PicturesInput(forms.ClearableFileInput):
    """A file input that takes several files; beside them come the photos that wait, and those that are announced, under
    names of their own.
    """

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        chosen = super().value_from_datadict(data, files, name) or []
        kept = data.getlist(waiting_name(name)) if hasattr(data, "getlist") else []
        told = data.getlist(announced_name(name)) if hasattr(data, "getlist") else []
        given = chosen if isinstance(chosen, list | tuple) else [chosen]
        return [*map(Waiting, kept), *given, *map(Announced, dict.fromkeys(told))]


def waiting_name(name: str) -> str:
    """The field in which photos that wait come back for the field `name`."""
    return f"{name}_kept"


def announced_name(name: str) -> str:
    """The field in which a phone says by their SHA-256 which photos follow the words."""
    return f"{name}_announced"


class PicturesField(forms.FileField):
    """Up to `most` photos; cleans to a list of `Picture`, where they `may_follow` also of `Announced`.

    Of a form that is not taken the good ones are in `good`, for its page to keep; a bad one is named with its reason.
    """

    widget = PicturesInput
    good: Sequence[Picture] = ()

    def __init__(self, *args: Any, most: int = 9, may_follow: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most, self.may_follow = most, may_follow

    def clean(self, data: Any, initial: Any = None) -> list[Picture | Announced]:
        given = [one for one in (data if isinstance(data, list | tuple) else [data]) if one]
        if self.required and not given:
            raise ValidationError(self.error_messages["required"], code="required")
        found = [self._prepared(n, one) for n, one in enumerate(given[: self.most], 1)]
        self.good = [one for one in found if isinstance(one, Picture)]
        faults = [one for one in found if isinstance(one, ValidationError)]
        if len(given) > self.most:
            said = _("最多 %(most)d 张照片，现在选了 %(count)d 张，只留下前 %(most)d 张")
            faults.append(ValidationError(said, "too_many", {"most": self.most, "count": len(given)}))
        if faults:
            raise ValidationError(faults)
        return [one for one in found if not isinstance(one, ValidationError)]

    def waiting(self) -> list[tuple[str, str]]:
        """The good photos of a form that was not taken, kept until it is sent again: their tokens, and small copies."""
        kept = [(waiting.keep(picture), picture) for picture in self.good]
        return [(token, waiting.thumbnail(picture)) for token, picture in kept if token]

    def _prepared(self, number: int, one: Any) -> Picture | Announced | ValidationError:
        if isinstance(one, Announced):
            is_fine = self.may_follow and SHA256.fullmatch(one.sha256)
            return one if is_fine else ValidationError(_("第 %(n)d 张要和文字一起交"), "bad_image", {"n": number})
        if isinstance(one, Waiting):
            lost = ValidationError(_("第 %(n)d 张没有留住，请重新选"), "bad_image", {"n": number})
            return waiting.take(one.token) or lost
        try:
            return prepare(one)
        except BadImage as error:
            said = {"n": number, "name": printable(one.name[-NAME_SHOWN:]), "reason": error.message}
            return ValidationError(_("第 %(n)d 张（%(name)s）：%(reason)s"), "bad_image", said)

"""Words of people: masked wherever they are read, in full where they are unveiled, sealed where they are stored."""

import pytest

from core.trust import numbers
from core.trust.freetext import read, written
from core.trust.identity import HIDDEN
from core.trust.privacy import encrypt

pytestmark = pytest.mark.django_db

MASKED = "138****6021"


@pytest.mark.parametrize(
    "typed",
    [
        "13800006021",
        "138 0000 6021",
        "138-0000-6021",
        "138.0000.6021",
        "１３８００００６０２１",
        "1 3 8 0 0 0 0 6 0 2 1",
        "138\u200b0000\u200b6021",
        "一三八零零零零六零二一",
        "幺三八〇〇〇〇六〇二幺",
        "①③⑧00006021",
    ],
)
def test_a_mobile_number_is_masked_however_it_is_typed(typed: str) -> None:
    assert numbers.shown(f"井盖坏了，打我{typed}吧") == f"井盖坏了，打我{MASKED}吧"


@pytest.mark.parametrize("typed", ["张三{0}", "王五{0}", "找李四{0}，", "十三{0}", "{0}二楼", "{0}三组", "第一{0}一"])
def test_a_name_or_a_number_in_words_beside_a_telephone_hides_it_from_nobody(typed: str) -> None:
    """The last sign of 张三 is a numeral, and none of the telephone's."""
    assert numbers.shown(typed.format("13800006021")) == typed.format(MASKED)
    assert numbers.shown(typed.format("138-0000-6021")) == typed.format(MASKED)
    assert dict(numbers.numbers_in(typed.format("13800006021"))) == {MASKED: "13800006021"}


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("+86 13800006021", f"+86 {MASKED}"),
        ("8613800006021", f"86{MASKED}"),
        ("0086-138 0000 6021", f"0086-{MASKED}"),
        ("0728-6221234", "072****1234"),
        ("(0728) 6221234", "(072****1234"),
        ("打13800006021或13900007032", f"打{MASKED}或139****7032"),
        ("座机6221234", "座机***1234"),
        ("电话是 6221 234", "电话是 6221 234"),
    ],
)
def test_other_telephones(typed: str, shown: str) -> None:
    assert numbers.shown(typed) == shown


@pytest.mark.parametrize(
    "typed",
    [
        "2026年11月30日 15:30 到场，13户",
        "编号 ST20261130-0012",
        "鄂政发〔2026〕13号",
        "共 1300000 元，1.38 公里",
        "卡号 6222021234567890123",
        "12345 热线、110、119",
        "二〇二六年十一月三十日",
        "东经112.1234567，北纬30.1234567",
        "约6221234平方米",
    ],
)
def test_what_is_no_telephone_stays(typed: str) -> None:
    assert numbers.shown(typed) == typed


def test_an_identity_number_is_kept_nowhere() -> None:
    text = written("我是11010519491231002X，电话13800006021")
    assert text == f"我是{HIDDEN}，电话{MASKED}"
    assert text.full == f"我是{HIDDEN}，电话13800006021"


def test_public_numbers_stay() -> None:
    with numbers.PUBLIC.only(lambda found: {"07286221234"} & set(found)):
        assert written("请打 0728-6221234 或 13800006021") == f"请打 0728-6221234 或 {MASKED}"


def test_everything_made_of_such_words_is_masked() -> None:
    text = written("电话13800006021")
    for made in (str(text), f"{text}", "%s" % text, "".join([text]), text[:20], text + "。", "{}".format(text)):  # noqa: UP031, UP032
        assert "13800006021" not in made
    assert text.full == "电话13800006021"
    assert "13800006021" not in text.stored
    assert read(text.stored).full == "电话13800006021"


def test_words_without_numbers_are_stored_as_they_are() -> None:
    assert written("井盖坏了").stored == "井盖坏了"
    assert not written("井盖坏了").sealed


def test_nobody_types_a_seal() -> None:
    forged = written(f"井盖\x1f{encrypt('别的话')}")
    assert read(forged.stored).sealed == ""

"""Identity numbers are found however they are written, and nothing else is taken for one."""

import re
import unicodedata
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.trust.identity import CHECKS, LOOKALIKES, PROVINCES, STYLED, WEIGHTS, has_identity_number
from core.trust.numbers import without_identity

NUMBER = "11010519491231002X"
TOWNS = ("440783001", "440783110", "440783111", "440783400", "440783103")


def checked(body):
    """Seventeen digits with the sign that proves them."""
    return body + CHECKS[sum(weight * int(digit) for weight, digit in zip(WEIGHTS, body, strict=True)) % 11]


COUNTIES = st.builds(
    lambda province, rest: f"{province}{rest:04d}", st.sampled_from(sorted(PROVINCES)), st.integers(0, 9999)
)
SERIALS = st.integers(0, 999).map(lambda n: f"{n:03d}")
NEW = st.builds(
    lambda county, day, serial: checked(f"{county}{day:%Y%m%d}{serial}"),
    COUNTIES, st.dates(date(1900, 1, 1), date(2026, 12, 31)), SERIALS,
)  # fmt: skip
OLD = st.builds(
    lambda county, day, serial: f"{county}{day:%y%m%d}{serial}",
    COUNTIES, st.dates(date(1900, 1, 1), date(1999, 12, 31)), SERIALS,
)  # fmt: skip
WORDS = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=8)
GAPS = st.sampled_from(
    [" ", "-", "\u3000", "\u00a0", "\u2009", "－", "—", "–", "\u200b", "\u2060", "\ufeff", "\u00ad", "\n"]
)
PARTS = st.sampled_from([".", "·", "，", "、", "/", "("]) | GAPS
"""Between the groups of a number that proves itself."""


@pytest.fixture(autouse=True)
def codes_of_ours():
    """Codes of grids begin with that of a township."""

    def ours(numbers):
        return [number for number in numbers if number.startswith(TOWNS)]

    with LOOKALIKES.only(ours):
        yield


@given(NEW, WORDS, WORDS)
def test_a_number_is_found_in_any_text(number, before, after):
    assert has_identity_number(f"{before}{number}{after}")
    assert has_identity_number(f"{before} {number.lower()}，{after}")


@given(NEW, st.data())
def test_a_number_is_found_however_it_is_spaced(number, data):
    sizes = data.draw(
        st.sampled_from([(6, 8, 4), (4, 4, 4, 4, 2), (3, 3, 4, 4, 4), (6, 4, 4, 4), (6, 12), (1,) * 18, (17, 1)])
    )
    parts, at = [], 0
    for size in sizes:
        parts.append(number[at : at + size])
        at += size
    text = parts[0] + "".join(data.draw(PARTS) + part for part in parts[1:])
    assert has_identity_number(text)
    assert has_identity_number(f"梁伟 {text} 10000000001")
    assert has_identity_number(f"10000000001 {text}")


@given(NEW)
def test_a_number_is_found_in_every_width_and_script(number):
    assert has_identity_number("".join(chr(ord(sign) + 0xFEE0) for sign in number))
    assert has_identity_number("".join(chr(0x1D7CE + int(sign)) if sign.isdigit() else sign for sign in number))
    assert has_identity_number("".join(chr(0x0660 + int(sign)) if sign.isdigit() else sign for sign in number))
    assert has_identity_number("\u200b".join(number))


def test_every_sign_that_becomes_a_digit_is_known_for_one():
    signs = [chr(n) for n in range(0x20000) if not chr(n).isdecimal()]
    styled = [sign for sign in signs if re.search("[0-9]", unicodedata.normalize("NFKC", sign))]
    other = re.compile("[A-Za-z\u2044]")  # units of measure and fractions
    unknown = [
        sign for sign in styled if not STYLED.match(sign) and not other.search(unicodedata.normalize("NFKC", sign))
    ]
    assert unknown == []
    assert has_identity_number(NUMBER.translate({ord("0") + n: "⓪①②③④⑤⑥⑦⑧⑨"[n] for n in range(10)}))


@given(OLD, WORDS, st.sampled_from([(15,), (6, 6, 3), (4, 4, 4, 3), (1,) * 15]), GAPS)
def test_an_old_number_is_found(number, words, sizes, gap):
    assume(not number.startswith(TOWNS))
    parts, at = [], 0
    for size in sizes:
        parts.append(number[at : at + size])
        at += size
    assert has_identity_number(f"{words}{gap.join(parts)}{words}")


@given(NEW, st.integers(0, 9))
def test_without_the_right_sign_it_is_none(number, digit):
    assume(str(digit) != number[-1])
    assert not has_identity_number(number[:-1] + str(digit))


HAN = ("〇一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖", "○一二三四五六七八九", "零壹貳參肆伍陸柒捌玖")
SEPARATORS = st.sampled_from([*":：;；|+*=~～#&…“”<>《》!！?？\\'_^%$@", " - ", "——", " / ", "……"])
MOBILES = st.integers(13 * 10**9, 20 * 10**9 - 1).map(str)


@given(NEW, st.sampled_from(HAN), WORDS)
def test_a_number_is_found_in_chinese_numerals(number, han, words):
    read_out = "".join(han[int(sign)] if sign.isdigit() else sign for sign in number)
    for text in (
        read_out,
        f"{words}号{read_out}",
        f"{read_out[:6]} {read_out[6:14]} {read_out[14:]}",
        number[:6] + read_out[6:],
    ):
        assert has_identity_number(text)


@given(OLD, st.sampled_from(HAN))
def test_an_old_number_is_found_in_chinese_numerals(number, han):
    assume(not number.startswith(TOWNS))
    assert has_identity_number("身份证" + "".join(han[int(sign)] for sign in number))


@given(st.one_of(NEW, OLD), MOBILES, st.sampled_from(["", " ", "，", "手机", "-"]))
def test_a_number_is_found_beside_a_telephone(number, mobile, gap):
    assume(not number.startswith(TOWNS))
    spoken = f"{mobile[:3]} {mobile[3:7]} {mobile[7:]}"
    for text in (f"{number}{gap}{mobile}", f"{mobile}{gap}{number}", f"梁伟{mobile}{gap}{number}住9组1号"):
        assert has_identity_number(text), text
    if len(number) == 18:
        assert has_identity_number(f"{spoken}{gap}{number}")
        assert has_identity_number(f"id{number}{gap}name")
        assert has_identity_number(f"ABC{number}XYZ")


@pytest.mark.parametrize("sign", "XxＸｘХхΧχ×Ⅹⅹ✕")
def test_whatever_looks_like_the_x_is_one(sign):
    assert has_identity_number(f"{NUMBER[:-1]}{sign}")
    assert has_identity_number(f"{NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:-1]}{sign}，住9组")


@given(NEW, SEPARATORS, st.sampled_from([(6, 8, 4), (6, 4, 2, 2, 4), (3,) * 6, (4, 4, 4, 4, 2), (1,) * 18]))
def test_a_number_is_found_whatever_parts_its_groups(number, gap, sizes):
    parts, at = [], 0
    for size in sizes:
        parts.append(number[at : at + size])
        at += size
    assert has_identity_number(f"梁伟，{gap.join(parts)}。")


@given(OLD, SEPARATORS | st.sampled_from([".", "/", ",", "、"]))
def test_an_old_number_in_its_groups_is_found_whatever_parts_them(number, gap):
    assume(not number.startswith(TOWNS))
    assert has_identity_number(f"梁伟：{number[:6]}{gap}{number[6:12]}{gap}{number[12:]}")


LANDLINES = st.builds(
    lambda area, rest: f"{area}{rest}", st.sampled_from(["0750", "020", "0755"]), st.integers(2 * 10**6, 8 * 10**6)
)
TICKETS = st.builds(lambda day, n: f"ST{day:%y-%m%d}-{n:03d}", st.dates(date(2026, 1, 1)), st.integers(1, 999))
DATES = st.dates(date(1900, 1, 1), date(2100, 1, 1)).map(lambda day: f"{day:%Y-%m-%d} 08:30")
HOMES = st.builds(lambda town, rest: f"{town}{rest:010d}", st.sampled_from(TOWNS), st.integers(0, 10**10 - 1))
GRIDS = st.builds(lambda town, rest: f"{town}{rest:06d}", st.sampled_from(TOWNS), st.integers(0, 999999))
SAYINGS = st.sampled_from(["一二三四五六七八九十", "二〇二六年十一月三十日", "三三两两", "九组一号", "一百零五"])
ORDINARY = MOBILES | LANDLINES | TICKETS | DATES | HOMES | GRIDS | SAYINGS


@given(st.lists(ORDINARY, min_size=1, max_size=4), st.sampled_from(["，", "、", "；", "转", "或", "/ ", " 和 "]))
def test_what_people_write_besides_is_none(said, gap):
    assert not has_identity_number(f"联系 {gap.join(said)}，谢谢")


@given(st.integers(10**19, 10**28 - 1).map(str))
def test_longer_numbers_are_none(number):
    assume(not re.match("(?:1[3-9]|86)", number))
    assume(not re.search(r"1[3-9]\d{9}\Z", number))
    assert not has_identity_number(f"流水号{number}")


def wrong_day(digits):
    try:
        date(1900 + int(digits[:2]), int(digits[2:4]), int(digits[4:]))
    except ValueError:
        return True
    return False


@given(st.integers(10**14, 10**15 - 1).map(str))
def test_fifteen_digits_without_province_or_day_are_none(number):
    assume(number[:2] not in PROVINCES or wrong_day(number[6:12]))
    assert not has_identity_number(f"编号{number}号")


@given(st.sampled_from(TOWNS), st.integers(0, 999999))
def test_codes_of_grids_are_none(town, rest):
    code = f"{town}{rest:06d}"
    for text in (code, f"网格编码 {code}", f"{code[:6]} {code[6:9]} {code[9:12]} {code[12:]}", f"{code}、{code}"):
        assert not has_identity_number(text)


@given(st.sampled_from(TOWNS), st.integers(0, 10**10 - 1))
def test_codes_of_households_are_none(town, rest):
    code = f"{town}{rest:010d}"
    for text in (code, f"户编码{code}，", f"{code[:15]} {code[15:]}", f"{code[:15]}-{code[15:]}"):
        assert not has_identity_number(text)


@given(st.integers(13 * 10**9, 20 * 10**9 - 1), st.integers(0, 10**8 - 1), st.sampled_from([4, 6, 7, 8, 11]))
def test_telephones_beside_other_numbers_are_none(mobile, other, length):
    rest = f"{other:08d}138"[:length]
    spoken = f"{str(mobile)[:3]} {str(mobile)[3:7]} {str(mobile)[7:]}"
    for text in (
        f"{mobile} {rest}",
        f"{mobile}-{rest}",
        f"{rest} {mobile}",
        f"{mobile}{'' if length < 8 else ' '}",
        spoken,
    ):
        assert not has_identity_number(text)
    if length != 7:  # seven more make eighteen, which prove themselves once in a hundred thousand
        assert not has_identity_number(f"{spoken} {rest}")


@given(st.integers(10**18, 10**19 - 1).map(str))
def test_cards_of_banks_are_none(card):
    assert not has_identity_number(card)
    assert not has_identity_number(" ".join(card[at : at + 4] for at in range(0, 19, 4)))


@pytest.mark.parametrize(
    "text",
    [
        "ST26-1130-001",
        "沙塘调〔2026〕001号",
        "2026-11-30 08:30:00",
        "0750-2000001 0750-2000002",
        '{"coordinates":[112.440783650203123,22.440783650203123]}',
        "PO440783650203123A",
        "91440783MA4UXXXX1X",
        "914407837499510123",
        "4407831990010112",
        "幸福花园3栋2单元1203 13650101123",
        "0086 13650101123",
        "b9c1110105194912310021f0a1",
        "1" * 15,
        "0" * 18,
        "",
    ],
)
def test_what_only_looks_long_is_none(text):
    assert not has_identity_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "11010519491231002X",
        "身份证：110105 19491231 002x",
        "id110105491231002",
        "身份证号110105491231002号",
        "110105-491231-002",
    ],
)
def test_what_is_one_is_one(text):
    assert has_identity_number(text)


@given(st.text())
def test_no_text_breaks_it(text):
    has_identity_number(text)
    has_identity_number(unicodedata.normalize("NFKD", text))
    has_identity_number("1" * 14 + text + "1" * 14)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("身份证一一〇一〇五一九四九一二三一〇〇二Ｘ，电话13800006021", "身份证〔身份证号〕，电话13800006021"),
        ("1380000602111010519491231002X住9组", "〔身份证号〕住9组"),
        ("住9组 110105:19491231:002Х 号", "住9组 〔身份证号〕 号"),
        ("路灯坏，11010519491231002×，请修", "路灯坏，〔身份证号〕，请修"),
        ("11010519491231002X 和 110105-491231-002", "〔身份证号〕 和 〔身份证号〕"),
    ],
)
def test_the_words_around_a_number_are_kept(written, kept):
    assert without_identity(written) == kept

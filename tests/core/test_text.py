"""What has no width is taken out, whatever it is; what can be seen stays."""

import sys
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from core.text import code_of, normal, seen

WRITTEN = {*range(0x0600, 0x0606), 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x110BD, 0x110CD, *range(0x13430, 0x13440)}
"""Format characters that are drawn: signs before Arabic and Syriac numbers, joins of hieroglyphs."""
FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u3164\ufe0e\ufe0f\uffa0"


def test_what_nobody_sees_goes() -> None:
    hidden = [chr(n) for n in range(sys.maxunicode) if unicodedata.category(chr(n)) == "Cf" and n not in WRITTEN]
    for sign in (*hidden, *FILLERS):
        assert seen(f"９组{sign}1号") == "９组1号", ascii(sign)


@given(st.text(st.characters(categories=("Lo", "Nd", "Zs", "Po", "Lu"), codec="gb18030", max_codepoint=0x9FFF)))
def test_what_is_written_stays(text: str) -> None:
    plain = "".join(sign for sign in text if sign not in FILLERS)
    assert seen(plain) == plain


def test_pictures_that_are_joined_stay_joined() -> None:
    assert seen("👨‍👩‍👧 ❤️ 🏳️‍🌈") == "👨‍👩‍👧 ❤️ 🏳️‍🌈"
    assert seen("路\u200d灯\ufe0f") == "路灯"


def test_a_code_is_kept_one_way() -> None:
    assert code_of(" ｃ０２ ") == code_of("C\u200b02") == "C02"
    assert code_of("st26—1121–004") == "ST26-1121-004"


def test_words_that_are_looked_for_are_written_one_way() -> None:
    assert normal("阿•里 Ａb-9") == normal("阿・里 ab—９") == normal("阿·里\u200b aB－9")

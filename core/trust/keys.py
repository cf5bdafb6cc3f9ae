"""By what people are known again who are kept encrypted: one key for each telephone number and for each name.

Numbers and names are written in many ways; the key is that of the one way which this module says, so that what was
taken from a form, a table or a search meets. Whole or not at all: a blind index answers nothing else.

A landline of the county is mostly written without its area code: it gets the one of the installation (`AREA_CODE`).
"""

import re

from django.conf import settings

from core.text import DOTS, code_of, normal
from core.trust.privacy import blind_index

GROUPED = re.compile(rf"[()./\s{re.escape(DOTS)}-]")
COUNTRY = re.compile(r"\A(?:(?:\+|00)86(?=\d{5})|86(?=1\d{10}\Z))")
MOBILE = re.compile(r"1\d{10}\Z")
TRUNK = re.compile(r"\A0(?=1[3-9]\d{9}\Z)")
"""A zero that was once dialled before a mobile number; no area code but 010 begins like that, and has a digit less."""
ABROAD = re.compile(r"\A00(?=[1-9]\d{6,})")
AREA = re.compile(r"(?!400|800)[1-9]\d{8,10}\Z")
"""An area code without its zero, and a number there; 400 and 800 have none."""
LOCAL = re.compile(r"[2-8]\d{6,7}\Z")
"""A landline as it is dialled within its area."""
IN_A_NAME = re.compile(rf"[\s．{re.escape(DOTS)}]")


def dialled(phone: str) -> str:
    """A number as it is dialled within the country: digits, of a landline with its area code; one abroad keeps a plus.

    What is no number comes back in one width, for its reader to refuse.
    """
    bare = GROUPED.sub("", code_of(phone))
    home = COUNTRY.sub("", bare, count=1)
    if home != bare and AREA.match(home) and not MOBILE.match(home):
        return f"0{home}"
    if home == bare and LOCAL.match(home):
        return f"{settings.AREA_CODE}{home}"
    return ABROAD.sub("+", TRUNK.sub("", home))


def phone_key(phone: str) -> str:
    """The blind index of a telephone number, however it is written; "" for none."""
    return blind_index(re.sub(r"[^0-9]", "", dialled(phone)))


def name_key(name: str) -> str:
    """The blind index of a whole name, whichever width, case, blanks and middle dots it is written with."""
    said = normal(name)
    return blind_index(IN_A_NAME.sub("", said) or "".join(said.split()))

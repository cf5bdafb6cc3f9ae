"""A punched row is the row as Django renders it, whatever its values hold."""

import pytest
from django.test import override_settings
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from core.web.addresses import Address
from core.web.stencil import CLOSES, OPENS, Stencil

SOURCE = """{% load i18n ui %}{% if big %}<b title="{{ words }}">{% endif %}{{ words }} 100%{% if big %}</b>{% endif %}
{% lamp key words %}{% blocktranslate %}第 {{ n }} 件 %{% endblocktranslate %}{{ sign }}{{ words }}"""
HOLES = ("words", "n", "sign")


@pytest.fixture
def make(settings, tmp_path):
    """A stencil of a template written here."""
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]

    def write(source=SOURCE, *holes):
        (tmp_path / "row.html").write_text(source)
        return Stencil("row.html", *(holes or HOLES))

    return write


VALUES = st.fixed_dictionaries(
    {
        "words": st.one_of(st.text(max_size=20), st.sampled_from(["<b>&\"'", "%(n)s %s %", f"{OPENS}n{CLOSES}", ""])),
        "n": st.integers(0, 999),
        "sign": st.sampled_from(["<i>", SafeString("<i>&amp;</i>"), gettext_lazy("红灯"), None, True]),
    }
)


def test_a_row_is_what_django_renders(make):
    stencil = make()

    @given(VALUES, st.booleans(), st.sampled_from("rybn"))
    def same(values, big, key):
        assert stencil.cut(big=big, key=key)(values) == stencil.whole(values, big=big, key=key)

    same()


def test_it_is_rendered_once_for_each_combination_of_flags(make, monkeypatch):
    stencil, cuts = make(), []
    plain = Stencil._cut
    monkeypatch.setattr(Stencil, "_cut", lambda self, flags: cuts.append(dict(flags)) or plain(self, flags))
    for n in range(9):
        stencil.cut(big=n % 2 == 0, key="r")({"words": n, "n": n, "sign": ""})
    assert cuts == [{"big": True, "key": "r"}, {"big": False, "key": "r"}]
    with override_settings(DEBUG=True):  # a template that is being written
        stencil.cut(big=None, key="b"), stencil.cut(big=None, key="b")
    assert len(cuts) == 4


@pytest.mark.parametrize(
    "source",
    [
        "{% if words %}x{% endif %}",
        "{% for one in words %}x{% endfor %}",
        "{{ words|length }}",
        "{{ words|slice:':2' }}",
        "{{ words|truncatechars:3 }}",
    ],
)
def test_a_value_can_only_be_printed(make, source):
    with pytest.raises((TypeError, RuntimeError)):
        make(source, "words").cut()


def test_a_value_among_the_flags_is_found_out(make, monkeypatch):
    monkeypatch.setattr("core.web.stencil.MOST_KEPT", 3)
    stencil = make()
    for n in range(3):
        stencil.cut(big=n, key="r")
    with pytest.raises(RuntimeError, match="value"):
        stencil.cut(big=3, key="r")


def test_an_address_is_what_reverse_answers():
    from django.urls import reverse

    for route in ("issues:ticket", "issues:peek", "issues:phone_ticket"):
        address = Address(route, "AB26-0102-003")
        for number in ("AB26-0102-003", "ST26-1121-0044"):
            assert address.of(number) == reverse(route, args=[number])

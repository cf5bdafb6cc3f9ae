"""One key for each number and each name, however they are written; other numbers and names have others."""

from importlib import import_module

import pytest
from django.apps import apps
from hypothesis import given
from hypothesis import strategies as st

from core import clock
from core.rows import bigrams
from core.trust.keys import dialled, name_key, phone_key
from core.trust.numbers import shown
from core.web.forms import CleanForm, CodeField, PhoneField
from grids import households
from grids.finding import found_q
from grids.households import NewHousehold
from grids.models import Household
from households.models import Resident
from issues.finding.search import told_q
from issues.models import Reporter, Ticket, TicketWords
from members.access import Scope
from members.models import Department
from tests.tickets import placed


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("13800006021", "13800006021"),
        ("138 0000 6021", "13800006021"),
        ("138-0000-6021", "13800006021"),
        ("138\u20140000\uff0d6021", "13800006021"),
        ("+86 138 0000 6021", "13800006021"),
        ("+86-13800006021", "13800006021"),
        ("0086-13800006021", "13800006021"),
        ("(+86)13800006021", "13800006021"),
        ("（＋８６）１３８００００６０２１", "13800006021"),
        ("8613800006021", "13800006021"),
        ("013800006021", "13800006021"),
        ("\u202a138\u200b00006021\u202c", "13800006021"),
        ("138·0000·6021", "13800006021"),
        ("0750-2212345", "07502212345"),
        ("(0750)2212345", "07502212345"),
        ("0750 221 2345", "07502212345"),
        ("+86 750 2212345", "07502212345"),
        ("0086 (0750) 2212345", "07502212345"),
        ("+86 10 6655 4433", "01066554433"),
        ("010-66554433", "01066554433"),
        ("+86 400 123 4567", "4001234567"),
        ("2212345", "07502212345"),
        ("221-2345", "07502212345"),
        ("２２１２３４５", "07502212345"),
        ("82212345", "075082212345"),
        ("1234567", "1234567"),
        ("9622345", "9622345"),
        ("12345", "12345"),
        ("+86 95588", "95588"),
        ("00852 6123 4567", "+85261234567"),
        ("+852-6123-4567", "+85261234567"),
        ("", ""),
    ],
)
def test_a_number_is_dialled_one_way(written, number):
    assert dialled(written) == number
    assert dialled(number) == number
    assert phone_key(written) == phone_key(number)


def test_other_numbers_have_other_keys():
    numbers = ["13800006021", "13800006022", "07502212345", "02012212345", "+85261234567", "12345"]
    assert len({phone_key(number) for number in numbers}) == len(numbers)
    assert phone_key("") == phone_key("无") == ""


def test_a_landline_gets_the_area_code_of_the_county_and_none_where_none_is_set(settings):
    assert phone_key("2212345") == phone_key("0750-2212345") == phone_key("+86 750 2212345")
    settings.AREA_CODE = "0758"
    assert phone_key("2212345") == phone_key("0758 2212345") != phone_key("0750-2212345")
    settings.AREA_CODE = ""
    assert dialled("2212345") == "2212345"


@pytest.mark.django_db
def test_a_landline_is_found_both_ways_whichever_way_it_was_written(cast):
    for n, (kept, sought) in enumerate([("2212345", "0750-2212345"), ("0750 2212346", "2212346")], 1):
        home = households.register(area=cast.microgrid, address=f"福安里9组{n}号", phone=kept, actor=None)
        for words in (kept, sought):
            assert Household.objects.filter(found_q(words)).get() == home
    assert Household.objects.get(address="福安里9组1号").phone == "07502212345"


@pytest.mark.django_db
def test_a_landline_kept_without_its_area_code_is_found_after_the_upgrade(cast):
    rows = [NewHousehold(cast.microgrid, "福安里9组3号", "陈", "07502212347")]
    households.register_many(rows=rows, actor=None)
    home = Household.objects.get(address="福安里9组3号")
    home.phone, home.phone_index = "2212347", "old"
    home.save(update_fields=["phone", "phone_index"])
    for name in ("grids.migrations.0008", "households.migrations.0008", "issues.migrations.0025"):
        import_module(f"{name}_area_code").learn(apps, None)
    for words in ("2212347", "0750-2212347"):
        assert Household.objects.filter(found_q(words)).get() == home


@pytest.mark.django_db
def test_the_duty_phone_of_a_department_is_public_however_it_is_written(cast):
    Department.objects.filter(pk=cast.office.pk).update(phone="0750-2212345")
    assert shown("值班电话2212345，或0750-2212345") == "值班电话2212345，或0750-2212345"


DOTS = "·•‧∙⋅・･⸱ꞏ.．"


@pytest.mark.parametrize("dot", [*DOTS, " ", "　", "\u200b·", ""])
def test_a_name_is_the_same_with_every_middle_dot(dot):
    assert name_key(f"阿不都{dot}热合曼") == name_key("阿不都·热合曼")


def test_a_name_is_the_same_in_every_width_and_case_and_others_are_others():
    assert name_key("Ｊohn 陈") == name_key("john陈") == name_key("JOHN\u00a0\ufeff陈")
    assert len({name_key(name) for name in ("陈大文", "陈大", "文大陈", "*", "")}) == 5


class Asked(CleanForm):
    phone = PhoneField(required=False)
    code = CodeField(required=False, max_length=20)


@pytest.mark.parametrize(("typed", "kept"), [("+86 138 0000 6021", "13800006021"), ("（0750）2212345", "07502212345")])
def test_forms_keep_a_number_as_it_is_dialled(typed, kept):
    form = Asked({"phone": typed, "code": " ｓｔ26—1121\u200b－００４ "})
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {"phone": kept, "code": "ST26-1121-004"}


@given(
    st.lists(
        st.text(st.characters(exclude_categories=("Cs", "Co", "Cn"), max_codepoint=0xFFFF), max_size=12), min_size=1
    )
)
def test_words_written_by_todays_rule_are_not_changed(texts):
    row = bigrams.text_of(["路灯", *texts])
    assert bigrams.rewritten(row) == row
    assert bigrams.rewritten(f"{row} \ue002261121 \ue0032611") == f"{row} \ue002261121 \ue0032611"


def _pairs(word):
    return " ".join(word[at : at + 2] for at in range(max(1, len(word) - 1)))


@pytest.mark.django_db
def test_what_was_kept_by_older_rules_is_found_again(cast):
    """Rows as they were written before: invisible signs within words, keys of numbers with their country."""
    ticket = placed(cast, description="路灯")
    said = ["\ue000阿", _pairs("阿•里路\u200b灯"), "\ue001", _pairs("st26"), "\ue001", "\ue002261121"]
    TicketWords.objects.filter(pk=ticket.pk).update(text=" ".join(said))
    Reporter.objects.filter(ticket=ticket).delete()
    Reporter.objects.create(ticket=ticket, name="陈", phone="8613800006021", phone_index="old")
    new = NewHousehold(cast.microgrid, "福安里9组1号", "阿不都·热合曼", "0750-2212345")
    households.register_many(rows=[new], actor=None)
    home, hidden = Household.objects.get(address=new.address), _pairs("福\u200b安里")
    Household.objects.filter(pk=home.pk).update(head_index="old", phone_index="old", words=f"{hidden} \ue001")
    person = Resident(household=home, name="古丽•娜尔", phone="+8613900000001", created_at=clock.now())
    person.name_index = person.phone_index = "old"
    person.save()
    for name in ("issues.migrations.0017", "grids.migrations.0006", "households.migrations.0004"):
        import_module(f"{name}_one_key").learn(apps, None)
    assert Ticket.objects.filter(told_q("阿·里路灯", Scope(()))).get() == ticket
    assert TicketWords.objects.get(pk=ticket.pk).text.endswith("\ue002261121")
    assert Reporter.objects.get(ticket=ticket).phone_index == phone_key("13800006021")
    for words in ("福安", "阿不都•热合曼", "+86 750 2212345"):
        assert Household.objects.filter(found_q(words)).get() == home, words
    person.refresh_from_db()
    assert (person.name_index, person.phone_index) == (name_key("古丽·娜尔"), phone_key("13900000001"))

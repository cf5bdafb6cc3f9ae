"""The policy library: found by two characters, PDFs checked and served to keep, items linked, two people at once."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from admission.doctor import words_kept
from admission.library import actions, reading
from admission.library.actions import Document
from admission.library.pdf import MAX_BYTES, BadPdf, prepare
from admission.models import Policy, PolicyWords
from admission.workflow.application_table import State
from core import clock
from core.errors import Conflict, Refused
from tests.admission.conftest import once

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def text(response):
    return response.content.decode()


def upload(content, name="a.pdf"):
    return SimpleUploadedFile(name, content, "application/pdf")


def filled(**changes):
    return {
        "idempotency_key": once().key,
        "title": "网格事项准入办法",
        "issuer": "市委办公室",
        "number": "开办发〔2026〕12号",
        "valid_from": "2026-03-01",
        "item_codes": "c02",
        "text": "未经准入的，乡镇可以拒收。",
        "version": "1",
    } | changes


@pytest.mark.parametrize("sought", ["秋冬", "面积", "统计工作", "开府", "c02", "人民 农业"])
def test_any_two_neighbouring_characters_find_it(g, sought):
    policy = g.policy()
    assert list(reading.found(g.cast.worker, sought)) == [policy]


@pytest.mark.parametrize("sought", ["冬秋", "路灯", "秋冬 路灯", "%", "_", "'"])
def test_what_is_not_in_it_does_not(g, sought):
    g.policy()
    assert list(reading.found(g.cast.worker, sought)) == []


def test_everybody_signed_in_reads_it_and_few_write(g, login):
    policy = g.policy()
    for who in ("worker", "secretary", "auditor", "system_admin"):
        client = login(getattr(g.cast, who))
        assert policy.title in text(client.get(reverse("admission:policies") + "?q=农业"))
        assert client.get(reverse("admission:policy", args=[policy.pk])).status_code == 200
    assert login(g.of("NY")).get(reverse("admission:new_policy")).status_code == 403
    assert login(g.of("SF")).get(reverse("admission:new_policy")).status_code == 200


def test_a_document_with_its_pdf_is_kept_and_served_to_keep(g, login):
    client = login(g.cast.list_admin)
    answer = client.post(reverse("admission:new_policy"), filled(text="", file=upload(PDF)))
    policy = Policy.objects.get()
    assert answer["Location"] == reverse("admission:policy", args=[policy.pk])
    assert policy.item_codes == ["C02"]
    served = login(g.cast.worker).get(reverse("admission:policy_file", args=[policy.pk]))
    assert b"".join(served.streaming_content) == PDF
    assert served["Content-Type"] == "application/pdf"
    assert served["Content-Disposition"].startswith("attachment")
    assert served["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "content",
    [
        b"<html>not a pdf</html>",
        b"MZ" + PDF,
        PDF.replace(b"%%EOF", b""),
        PDF.replace(b"/Type/Catalog", b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"),
        PDF.replace(b"/Type/Catalog", b"/OpenAction<</S/J#61vaScript>>"),
        PDF.replace(b"/Type/Catalog", b"/Names<</EmbeddedFile 1>>"),
        b"%PDF-1.4\n<script>alert(1)</script>" + PDF[9:],
        PDF + b" " * MAX_BYTES,
        b"",
    ],
)
def test_what_is_no_plain_pdf_is_refused_beside_the_field(g, login, content):
    if content:
        with pytest.raises(BadPdf):
            prepare(upload(content))
    answer = login(g.cast.list_admin).post(reverse("admission:new_policy"), filled(file=upload(content)))
    assert answer.status_code == 422
    assert "未经准入的，乡镇可以拒收。" in text(answer)
    assert not Policy.objects.exists()


def test_neither_text_nor_file_and_dates_the_wrong_way_round(g, login):
    client = login(g.cast.list_admin)
    page = text(client.post(reverse("admission:new_policy"), filled(text="", valid_until="2026-01-01")))
    assert "至少要有一样" in page
    assert "不能早于施行日" in page


def test_a_number_and_edition_is_there_once(g):
    policy = g.policy()
    document = Document(policy.title, policy.issuer, policy.number, policy.valid_from, text="x")
    with pytest.raises(Conflict, match="已经在库里"):
        actions.add(document=document, user=g.cast.list_admin, once=once())
    second = Document(policy.title, policy.issuer, policy.number, policy.valid_from, edition="2027版", text="x")
    assert actions.add(document=second, user=g.cast.list_admin, once=once()).edition == "2027版"


def test_two_people_do_not_overwrite_each_other_and_the_repealed_stays(g):
    policy = g.policy()
    document = Document("新标题", policy.issuer, policy.number, policy.valid_from, text="路灯")
    changed = actions.change(policy=policy, document=document, version=1, user=g.cast.list_admin, once=once())
    assert list(reading.found(g.cast.worker, "路灯")) == [changed]
    with pytest.raises(Conflict):
        actions.change(policy=policy, document=document, version=1, user=g.of("SGB"), once=once())
    actions.repeal(policy=policy, on=clock.today(), note="x", version=2, user=g.cast.list_admin, once=once())
    with pytest.raises(Refused, match="废止"):
        actions.change(policy=policy, document=document, version=3, user=g.of("SGB"), once=once())


def test_validity_is_by_its_days(g):
    policy = g.policy(valid_until=clock.today() + timedelta(days=5))
    assert policy.is_valid
    assert policy.over_on == clock.today() + timedelta(days=5)
    with clock.at(clock.now() + timedelta(days=5)):
        assert not policy.is_valid


def test_the_page_of_an_item_links_to_its_documents(g, login):
    policy = g.policy()
    page = text(login(g.cast.worker).get(reverse("lists:phone_item", args=["C02"])))
    assert reverse("admission:policy", args=[policy.pk]) in page
    assert "依据文件" not in text(login(g.cast.worker).get(reverse("lists:phone_item", args=["A01"])))


def test_before_a_repeal_one_sees_what_loses_its_basis(g, login):
    policy = g.policy()
    row = g.at(State.IN_FORCE, policies=[policy])
    client = login(g.cast.list_admin)
    url = reverse("admission:repeal_policy", args=[policy.pk])
    page = text(client.get(url))
    assert row.number in page
    assert "C02" in page
    answer = client.post(url, {"idempotency_key": once().key, "on": str(clock.today()), "note": "新法", "version": "1"})
    assert answer.status_code == 302
    page = text(client.get(reverse("admission:policy", args=[policy.pk])))
    assert "起废止" in page
    assert reverse("admission:edit_policy", args=[policy.pk]) not in page


def test_the_doctor_writes_lost_words_anew(g):
    g.policy()
    PolicyWords.objects.all().delete()
    assert words_kept(True)
    assert words_kept(False) == []
    assert reading.found(g.cast.worker, "秋冬").count() == 1

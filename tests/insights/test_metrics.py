"""口径: the page says of each number how it is counted, in the words of the list behind it."""

import pytest

from insights.board.explained import FORMULAS, metrics
from insights.counting.metrics import BY_NAME, METRICS

pytestmark = pytest.mark.django_db


def test_every_metric_is_said_with_the_conditions_of_its_list():
    said = dict(metrics())
    assert len(said) == len(METRICS) == len(BY_NAME)
    assert [str(label) for label, conditions in said.items() if not conditions] == ["点单"]
    assert said[BY_NAME["closed_self"].label] == "去向：网格自办，状态：已销号"
    assert said[BY_NAME["satisfied"].label] == "评价：满意，考核：计入考核"
    assert "看不懂" not in "".join(said.values())


def test_the_page_names_each_number_of_the_board_and_leads_back(cast, login):
    client = login(cast.secretary)
    page = client.get("/board/metrics/").content.decode()
    for words in (*(one.name for one in FORMULAS), *(one.formula for one in FORMULAS), *(m.label for m in METRICS)):
        assert str(words) in page
    assert "全部点单" in page
    assert 'href="/board/"' in page
    assert 'href="/board/metrics/"' in client.get("/board/").content.decode()

"""Tabs of a list: what each counts, at the price of one query."""

from django.db.models import Q

from core.rows.tabs import counted_tabs
from grids.levels import Level
from grids.models import Area


def test_tabs_count_their_part_in_one_query(cast, django_assert_num_queries):
    views = {"villages": "村社", "all": "全部"}
    with django_assert_num_queries(1):
        tabs = counted_tabs(
            Area.objects.all(),
            views,
            lambda key: Q(level=Level.VILLAGE) if key == "villages" else Q(),
            url=lambda key: f"/?view={key}",
            current="all",
        )
    assert [tab["count"] for tab in tabs] == [
        Area.objects.filter(level=Level.VILLAGE).count(),
        Area.objects.count(),
    ]
    assert tabs[0]["count"] < tabs[1]["count"]
    assert [(tab["url"], tab["text"], tab["current"]) for tab in tabs] == [
        ("/?view=villages", "村社", False),
        ("/?view=all", "全部", True),
    ]

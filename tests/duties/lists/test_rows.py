"""Rows of the lists: punched as their templates would be rendered, for every line of the starter lists."""

import pytest

from duties.lists import queries, rows
from duties.lists.addresses import url_of, urls_of
from duties.lists.listing import Chosen, hits_of
from duties.models import ListKind
from duties.shapes import shape_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", list(ListKind))
def test_every_row_is_what_its_template_says(lists, kind):
    version = queries.versions(kind).get()
    shape, seen = shape_of(version), set()
    stencil, cut = (rows.ITEM, rows._item) if shape.look == "items" else (rows.LINE, rows._line)
    for q in ("", "路灯"):
        for hit in hits_of(shape, version, Chosen(q=q)).hits:
            flags, values = cut(hit, urls_of("item", version))
            values["name"] += "<b>100%</b> \"不亮\" & '坏'"
            assert stencil.cut(**flags)(values) == stencil.whole(values, **flags)
            assert values["url"] == url_of("item", version, hit.item.code)
            seen.add(tuple(flags.items()))
    assert len(seen) > 1

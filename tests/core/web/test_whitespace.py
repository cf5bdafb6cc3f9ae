"""Templates are written in lines and compiled without them."""

from pathlib import Path

import pytest
from django.template import Engine
from django.template.base import TextNode
from django.template.loader import get_template

from core.web.whitespace import tighten

LOADERS = [("core.web.whitespace.Loader", ["django.template.loaders.filesystem.Loader"])]


@pytest.mark.parametrize(
    ("written", "compiled"),
    [
        ("<ul>\n  <li>\n    一\n  </li>\n</ul>\n", "<ul><li>一</li></ul>"),
        ("<b>一</b> <i>二</i>", "<b>一</b> <i>二</i>"),
        ("<b>一</b>&#32;\n<i>二</i>", "<b>一</b>&#32;<i>二</i>"),
        ('<a class="x"\n   href="y">z</a>', '<a class="x" href="y">z</a>'),
        ("一，\n  二", "一，二"),
        ("3 < 4\n", "3 < 4"),
    ],
)
def test_a_break_is_nothing_and_a_blank_stays(written: str, compiled: str) -> None:
    assert tighten(written) == (compiled, False)


def test_a_tag_may_begin_in_one_text_and_end_in_another() -> None:
    assert tighten('<a class="') == ('<a class="', True)
    assert tighten('"\n   href="/">\n  x', inside_tag=True) == ('" href="/">x', False)


def render(folder: Path, **context: object) -> str:
    return Engine(dirs=[str(folder)], loaders=LOADERS, libraries={"i18n": "django.templatetags.i18n"}).render_to_string(
        "page.html", context
    )


def test_branches_loops_and_tags_lose_their_breaks_and_translations_keep_theirs(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(
        "{% load i18n %}\n"
        "<ol>\n"
        "  {% for one in many %}\n"
        '    <li{% if one %} class="a"{% endif %}\n'
        '        id="b">\n'
        "      {{ one }}\n"
        "    </li>\n"
        "  {% empty %}\n"
        "    {% blocktranslate %}没\n有{% endblocktranslate %}\n"
        "  {% endfor %}\n"
        "</ol>\n"
    )
    assert render(tmp_path, many=["甲", ""]) == '<ol><li class="a" id="b">甲</li><li id="b"></li></ol>'
    assert render(tmp_path) == "<ol>没\n有</ol>"


def test_pages_of_other_packages_are_left_alone() -> None:
    texts = get_template("admin/base.html").template.nodelist.get_nodes_by_type(TextNode)
    assert any("\n" in text.s for text in texts)

"""How templates and style sheets are written: rules that djhtml does not know."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_LINE = 140
VOID = {"br", "hr", "img", "input", "link", "meta"}
PAPER = "print.css"  # says of what the other sheets draw how it looks on paper


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def sheets() -> list[Path]:
    return sorted((ROOT / "static" / "css").glob("*.css"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_line_is_longer_than_a_reader_bears() -> None:
    long = {
        f"{name_of(path)}:{number}"
        for path in templates()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > LONGEST_LINE
    }
    assert long == set()


def test_a_template_closes_what_it_opens() -> None:
    """No pair of includes of which one opens and the other closes: tags with an end are in core.templatetags.parts."""
    for path in templates():
        source = re.sub(r"{% comment %}.*?{% endcomment %}|{%.*?%}|{{.*?}}", "", path.read_text(), flags=re.S)
        opened, closed = Counter(re.findall(r"<([a-z]\w*)", source)), Counter(re.findall(r"</([a-z]\w*)", source))
        closed.update(re.findall(r"<([a-z]\w*)[^<>]*/>", source))
        assert {tag: n for tag, n in opened.items() if tag not in VOID} == closed, name_of(path)


def test_no_block_to_be_filled_stands_inside_a_part() -> None:
    """Django does not see a block inside a tag with content of our own, so `block.super` would be empty."""
    from tests.run import indentation

    tags = "|".join(word.partition(",")[0] for word in indentation() if "," in word)
    for path in templates():
        for content in re.findall(rf"{{% (?:{tags})\b.*?%}}(.*?){{% end(?:{tags}) %}}", path.read_text(), flags=re.S):
            assert "{% block " not in content, name_of(path)


def test_breaks_are_kept_nowhere() -> None:
    """The loader drops the line breaks of a template, so what a browser shows as written is not written there."""
    assert [name_of(path) for path in templates() if re.search(r"<pre\b", path.read_text())] == []


def selectors(source: str) -> Iterator[str]:
    """Every selector of a sheet, those inside @media included."""
    plain = re.sub(r"/\*.*?\*/", "", source, flags=re.S)
    for head in re.findall(r"([^{}]+)\{", plain):
        if not head.strip().startswith("@"):
            for one in re.split(r",(?![^(]*\))", head):
                yield " ".join(one.split())


def test_a_selector_is_defined_in_one_sheet() -> None:
    where = defaultdict(set)
    for path in sheets():
        if path.name != PAPER:
            for selector in selectors(path.read_text()):
                where[selector].add(path.name)
    assert {selector: names for selector, names in where.items() if len(names) > 1} == {}


@pytest.mark.parametrize("path", sheets(), ids=lambda path: path.name)
def test_a_sheet_is_loaded_and_says_what_it_styles(path: Path) -> None:
    assert path.read_text().startswith("/* ")
    assert any(f"css/{path.name}" in template.read_text() for template in templates())

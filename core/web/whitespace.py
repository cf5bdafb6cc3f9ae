"""How the line breaks of our own templates read: as nothing.

Owns the loader under which a template may be written one element a line. Between Chinese words and signs a
browser shows a line break as a gap, so without this the indentation of the source would be seen on the page,
and sent with every row. A break and the blanks around it are dropped where a template is compiled, once;
inside an HTML tag, between attributes, they are one blank. A blank within a line stays (`&#32;` is one at the
end of a line), and so does whatever stands inside `blocktranslate`, whose words are looked up as written.
Templates of other packages are left alone. Must not change anything but blanks.
"""

import re
from collections.abc import Iterable, Iterator

from django.template import Origin, Template
from django.template.base import Node, TextNode
from django.template.loaders import base, cached, filesystem

_SIGNS = re.compile(r"<(?=[a-zA-Z/!])|>|[ \t]*\n[ \t\n]*")


def tighten(text: str, inside_tag: bool = False) -> tuple[str, bool]:
    """`text` without its line breaks, and whether it ends inside an HTML tag, as it may begin in one."""
    pieces, end = [], 0
    for sign in _SIGNS.finditer(text):
        pieces.append(text[end : sign.start()])
        end = sign.end()
        if sign[0] in "<>":
            inside_tag = sign[0] == "<"
            pieces.append(sign[0])
        elif inside_tag:
            pieces.append(" ")
    return "".join([*pieces, text[end:]]), inside_tag


def _texts(nodes: Iterable[Node]) -> Iterator[TextNode]:
    """All text in the order in which it is written; block tags of our own do not name their node list."""
    for node in nodes:
        if isinstance(node, TextNode):
            yield node
        for attribute in node.child_nodelists or ("nodelist",):
            yield from _texts(getattr(node, attribute, ()))


class _Tight(base.Loader):
    """Tightens what it has compiled."""

    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        template = super().get_template(template_name, skip)
        if type(template.origin.loader) is filesystem.Loader:
            inside_tag = False
            for text in _texts(template.nodelist):
                text.s, inside_tag = tighten(text.s, inside_tag)
        return template


class Loader(cached.Loader, _Tight):
    """Django's cached loader, which asks the next in line to compile and keeps the result."""

"""Parts of a page that are rendered once for what they show: `{% kept roles=roles nav=nav %}…{% endkept %}`.

Inside there is nothing but the named values, so that what is kept is a function of them: no request, no reader, no
token. Nobody inside may ask what time it is. The values are the key, together with the language.
"""

from typing import Any

from django import template
from django.conf import settings
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.utils.translation import get_language

from core import clock

register = template.Library()
MOST_KEPT = 500
"""Renderings of one part; where there are more, a value is no choice of few and the part is rendered as it comes."""


class Kept(template.Node):
    def __init__(self, nodelist: NodeList, values: dict[str, FilterExpression]) -> None:
        self.nodelist, self.values = nodelist, values
        self._kept: dict[Any, str] = {}

    def render(self, context: template.Context) -> str:
        values = {name: value.resolve(context) for name, value in self.values.items()}
        # the kind of a value belongs to it: words that are safe are equal to the same words that are not
        key = (get_language(), *((type(value), value) for value in values.values()))
        found = self._kept.get(key)
        if found is None:
            with clock.unasked():
                found = self.nodelist.render(context.new(values))
            if len(self._kept) < MOST_KEPT and not settings.DEBUG:
                self._kept[key] = found
        return found


@register.tag
def kept(parser: Parser, token: Token) -> Kept:
    """The part up to `endkept`, rendered with the named values and nothing else, once for each of them."""
    name, *given = token.split_contents()
    values = token_kwargs(given, parser)
    if given:
        raise template.TemplateSyntaxError(f"{name} takes values with their names, not {given}")
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return Kept(nodelist, values)

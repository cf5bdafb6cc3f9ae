"""Rows punched from a template that is rendered once: for lists whose every row looks alike.

Django renders a template node by node, and the hundredth row of a list takes it as long as the first. A stencil renders
the template of a row once for each combination of its flags (what decides how the row looks) with holes where its
values go; each row is then a matter of filling the holes. What is kept holds no value of any row: it is a function of
the template and the flags alone, and the flags are its key.

A value is escaped as `{{ value }}` would escape it. Whatever a row does with a value beyond printing it (a filter, a
condition, an address) is done before, in Python; a hole that is asked for anything but its text refuses.
"""

import re
from collections.abc import Callable, Mapping
from html import escape
from typing import Any, NoReturn

from django.conf import settings
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

OPENS, CLOSES = "\ue000", "\ue001"  # of the private use area: no template and no flag holds them
MARK = re.compile(f"{OPENS}([a-z_]+){CLOSES}")
MOST_KEPT = 1_000
"""Combinations of flags kept for one template; they are few, and this says so if somebody makes a flag of a value."""

Fill = Callable[[Mapping[str, Any]], str]


class Hole:
    """What a template prints where a value will go. It cannot be compared, measured or told apart from nothing."""

    def __init__(self, name: str) -> None:
        self._text = f"{OPENS}{name}{CLOSES}"
        self.was_asked, self.was_read = False, False
        """Also where a filter has swallowed the refusal, or what it read."""

    def __html__(self) -> str:
        self.was_read = True
        return self._text

    __str__ = __html__

    def _refuse(self, *_args: object) -> NoReturn:
        self.was_asked = True
        raise TypeError(f"a hole can only be printed: {self._text[1:-1]}")

    __bool__ = __len__ = __iter__ = __eq__ = __hash__ = __lt__ = __getitem__ = _refuse


class Stencil:
    """The rows of one template; `holes` are the names of their values, everything else in the context is a flag."""

    def __init__(self, template: str, *holes: str) -> None:
        self._template, self._holes = template, holes
        self._cuts: dict[Any, Fill] = {}

    def cut(self, **flags: Any) -> Fill:
        """What makes a row of its values under these flags (hashable each)."""
        key = (get_language(), *flags.items())
        found = self._cuts.get(key)
        if found is None:
            found = self._cut(flags)
            if not settings.DEBUG:  # a template that is being edited is read anew
                if len(self._cuts) >= MOST_KEPT:
                    raise RuntimeError(f"too many kinds of rows of {self._template}: is one of {[*flags]} a value?")
                self._cuts[key] = found
        return found

    def _cut(self, flags: Mapping[str, Any]) -> Fill:
        holes = {name: Hole(name) for name in self._holes}
        pieces = MARK.split(get_template(self._template).render({**flags, **holes}))
        printed = set(pieces[1::2])
        more = any(hole.was_asked or hole.was_read != (name in printed) for name, hole in holes.items())
        if more or any(OPENS in literal or CLOSES in literal for literal in pieces[::2]):
            raise RuntimeError(f"{self._template} does more with a value than print it")
        names = tuple(dict.fromkeys(pieces[1::2]))
        template = "".join(f"%({piece})s" if n % 2 else piece.replace("%", "%%") for n, piece in enumerate(pieces))

        def fill(values: Mapping[str, Any]) -> str:
            return SafeString(template % {name: _escaped(values[name]) for name in names})

        return fill

    def whole(self, values: Mapping[str, Any], **flags: Any) -> str:
        """The row as Django renders it: what `cut(**flags)(values)` has to equal."""
        return get_template(self._template).render({**flags, **values})


def _escaped(value: Any) -> str:
    """Like django.utils.html.conditional_escape, which asks first whether the value is lazy."""
    return value.__html__() if hasattr(value, "__html__") else escape(str(value))

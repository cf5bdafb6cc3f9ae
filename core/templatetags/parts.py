"""Parts that pages are put together from, as template tags: cards, tables, heads of pages, remarks, tags, acts.

Owns their markup, so that no template opens what another one closes. Those with an end tag take what stands
between as their content. Knows no model and asks no database: callers hand in words, keys and addresses.
"""

from collections.abc import Iterable, Mapping

from django import template
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.templatetags.ui import i, lamp

register = template.Library()

Words = str | Promise
NOTHING = SafeString("")
NOTE_ICONS: Mapping[str, str] = {"bad": "warn", "warn": "warn", "ok": "check"}
LAMP_TONES: Mapping[str, str] = {"r": "warn", "y": "", "b": "", "n": ""}


def _if(given: object, markup: str, *more: object) -> SafeString:
    """`markup` filled with what is given and `more`; nothing where nothing is given."""
    return format_html(markup, given, *more) if given else NOTHING


@register.simple_block_tag
def phrase(content: str) -> SafeString:
    """Words put together for an argument: `{% phrase as sub %}…{% endphrase %}`."""
    return SafeString(content)


@register.simple_block_tag
def card(
    content: str,
    title: Words = "",
    note: Words = "",
    url: str = "",
    action: Words = "",
    css: str = "",
    icon: str = "",
    pad: str = "",
) -> SafeString:
    """A card: `title` with a sign, small words beside it and a link at the end; `css` and `pad` are more classes."""
    head = NOTHING
    if title:
        head = format_html(
            "<header><h2>{}{}</h2>{}{}</header>",
            i(icon) if icon else "",
            title,
            _if(note, '<span class="mute">{}</span>'),
            _if(url, '<span class="end"><a href="{}">{}</a></span>', action),
        )
    return format_html(
        '<section class="card{}">{}<div class="pad{}">{}</div></section>',
        _if(css, " {}"),
        head,
        _if(pad, " {}"),
        content,
    )


@register.simple_block_tag
def table(content: str, label: Words, css: str = "", card: bool = True) -> SafeString:
    """A table that scrolls sideways on a narrow screen; `label` is its caption for screen readers; `card`: a frame."""
    return format_html(
        '<div class="{}tblwrap" tabindex="0" role="region" aria-label="{}">'
        '<table class="tbl{}"><caption class="vh">{}</caption>{}</table></div>',
        "card " if card else "",
        label,
        _if(css, " {}"),
        label,
        content,
    )


@register.simple_block_tag
def page_head(content: str, title: Words, sub: Words = "", css: str = "", code: str = "") -> SafeString:
    """The head of a page: its h1, small words, the acts between the tags; a phone shows the title in its bar alone.

    `code` says which of the two is a number or code: title or sub.
    """
    return format_html(
        '<div class="head{}">{}{}{}</div>',
        _if(css, " {}"),
        _if(title, '<h1 class="code">{}</h1>' if code == "title" else "<h1>{}</h1>"),
        _if(sub, '<span class="sub code">{}</span>' if code == "sub" else '<span class="sub">{}</span>'),
        _if(content, '<div class="act">{}</div>'),
    )


@register.simple_block_tag
def note(content: str, tone: str = "", icon: str = "", role: str = "") -> SafeString:
    """A remark in a box; `tone`: ok, warn, bad, info (grey), none (teal) or a lamp, of which the red one warns."""
    tone = LAMP_TONES.get(tone, tone)
    return format_html(
        '<p class="note1{}"{}>{}<span>{}</span></p>',
        _if(tone, " {}"),
        _if(role, ' role="{}"'),
        i(icon or NOTE_ICONS.get(tone, "info")),
        content,
    )


@register.simple_block_tag
def nothing(content: str, title: Words, icon: str = "check", url: str = "", action: Words = "") -> SafeString:
    """An empty state: `title`, why between the tags, and one thing to do."""
    return format_html(
        '<div class="empty">{}<p class="t">{}</p>{}{}</div>',
        i(icon),
        title,
        _if(content, "<p>{}</p>"),
        _if(url, '<a class="btn" href="{}">{}</a>', action),
    )


@register.simple_block_tag
def error_summary(content: str, title: Words) -> SafeString:
    """What went wrong, above everything else; takes the focus."""
    return format_html(
        '<div class="errsum" role="alert" tabindex="-1" autofocus id="errors"><h2>{}{}</h2>{}</div>',
        i("warn"),
        title,
        content,
    )


@register.simple_tag
def tag(text: Words, tone: str = "") -> SafeString:
    """A small word in a frame; `tone`: fill, teal or none."""
    return format_html('<span class="tag{}">{}</span>', _if(tone, " {}"), text)


@register.simple_tag
def kpi(
    label: Words,
    value: object,
    unit: Words = "",
    url: str = "",
    delta: Words = "",
    detail: Words = "",
    lamps: Iterable[Mapping[str, str]] = (),
) -> SafeString:
    """One key number inside `<section class="card kpis">`, a link where it has a `url`; lamps: [{key, text}]."""
    lit = format_html_join("", "{}", ((lamp(one["key"], one["text"], True),) for one in lamps))
    inside = format_html(
        '<span class="l">{}</span><span class="v">{}{}{}</span>{}{}',
        label,
        value,
        _if(unit, "<small>{}</small>"),
        _if(delta, ' <span class="delta">{}</span>'),
        _if(lit, '<span class="lamps">{}</span>'),
        _if(detail, '<span class="d">{}</span>'),
    )
    if url:
        return format_html('<a class="kpi" href="{}">{}</a>', url, inside)
    return format_html('<div class="kpi">{}</div>', inside)


@register.simple_tag
def act(offer: object, css: str = "") -> SafeString:
    """One action, a link where it has a `url`, else a submit button. `css`: pri, quiet, bad or none.

    offer: {text, small, icon, key, url} or {text, small, icon, key, name, value, form}; `key`: letter on the desktop.
    """

    def get(name: str) -> object:
        return offer.get(name) if isinstance(offer, Mapping) else getattr(offer, name, "")

    text, small, icon, key, url = (get(name) for name in ("text", "small", "icon", "key", "url"))
    inside = format_html(
        "{}{}{}",
        i(str(icon)) if icon else "",
        format_html('<span class="two">{}<small>{}</small></span>', text, small) if small else text,
        _if(key, ' <kbd aria-hidden="true">{}</kbd>'),
    )
    keys = _if(key and str(key).lower(), ' data-key="{}" aria-keyshortcuts="{}"', key)
    look = f"btn {css}".rstrip()
    if url:
        return format_html('<a class="{}" href="{}"{}>{}</a>', look, url, keys, inside)
    return format_html(
        '<button class="{}" type="submit"{}{}{}>{}</button>',
        look,
        _if(get("form"), ' form="{}"'),
        _if(get("name"), ' name="{}" value="{}"', get("value")),
        keys,
        inside,
    )

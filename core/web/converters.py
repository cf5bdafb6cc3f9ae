"""What stands in an address: a shape of text that an app names once, and keys that fit their column.

An address of another shape is no address of ours: 404 before any view or database is asked. An app's `urls.py` says
which shapes it knows with `shape` and `number`; `rowkey` is known to all.
"""

from django.urls import register_converter


class _Shaped:
    regex = ""

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return str(value)


class _Numbered:
    regex = ""

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


class _Capital(_Shaped):
    def to_python(self, value: str) -> str:
        return value.upper()


def shape(name: str, pattern: str, *, any_case: bool = False) -> None:
    """`<name:…>` in an address takes text that matches `pattern`; of what people type by hand in either case."""
    made = (_Capital, {"regex": f"(?i:{pattern})"}) if any_case else (_Shaped, {"regex": pattern})
    register_converter(type(name, made[:1], made[1]), name)


def number(name: str, pattern: str) -> None:
    """`<name:…>` in an address takes digits that match `pattern`, and hands the view an int."""
    register_converter(type(name, (_Numbered,), {"regex": pattern}), name)


number("rowkey", "[1-9][0-9]{0,17}")
"""A primary key that fits its column."""

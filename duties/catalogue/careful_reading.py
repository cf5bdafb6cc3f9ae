"""Reading hand-written YAML carefully: every problem is collected and named, none stops the reading."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from django.utils.translation import gettext as _

from core.errors import DomainError
from core.trust.identity import REFUSAL, has_identity_number


class BadCatalogueError(DomainError):
    """The file cannot be imported; `problems` names every bad entry."""

    status = 422
    code = "bad_catalogue"

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(
            _("清单文件有 %(n)d 处问题：%(first)s") % {"n": len(problems), "first": "；".join(problems[:20])}
        )


@dataclass
class Problems:
    found: list[str] = field(default_factory=list)

    def say(self, where: str, what: str) -> None:
        self.found.append(f"{where}：{what}")

    def text(self, where: str, row: Mapping[str, Any], key: str, *, most: int, optional: bool = False) -> str:
        value = row.get(key, "")
        if not isinstance(value, str) or (not value.strip() and not optional) or not value.isprintable():
            self.say(where, _("缺少或写错“%(key)s”") % {"key": key})
            return ""
        if has_identity_number(value):
            self.say(where, str(REFUSAL))
        if len(value) > most:
            self.say(where, _("“%(key)s”超过 %(n)d 个字") % {"key": key, "n": most})
        return value.strip()

    def unique(self, where: str, code: str, seen: set[str]) -> None:
        if code in seen:
            self.say(where, _("编号重复"))
        seen.add(code)

    def raise_if_any(self) -> None:
        if self.found:
            raise BadCatalogueError(self.found)


def load(text: str, problems: Problems) -> Mapping[str, Any]:
    try:
        loaded = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        problems.say(_("文件"), _("不是有效的 YAML：%(error)s") % {"error": str(error).replace("\n", " ")[:200]})
        return {}
    if not isinstance(loaded, dict):
        problems.say(_("文件"), _("最上层应为名称与内容的对照"))
        return {}
    return loaded


def mapping(source: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = source.get(key)
    return value if isinstance(value, dict) else {}


def rows(source: Mapping[str, Any], key: str, problems: Problems) -> Iterator[Mapping[str, Any]]:
    value = source.get(key)
    if not isinstance(value, list) or not value:
        problems.say(key, _("缺少这一段，或不是列表"))
        return
    for place, row in enumerate(value, 1):
        if isinstance(row, dict):
            for cut in (str(name) for name, content in row.items() if content is None):
                problems.say(
                    f"{key} {place}", _("“%(text)s”后面没有内容；有英文逗号的文字要加引号") % {"text": cut[:30]}
                )
            yield row
        else:
            problems.say(f"{key} {place}", _("应为一项内容"))


def codes(where: str, row: Mapping[str, Any], key: str, known: set[str], problems: Problems) -> tuple[str, ...]:
    value = row.get(key) or []
    if not isinstance(value, list):
        problems.say(where, _("“%(key)s”应为列表") % {"key": key})
        return ()
    for code in value:
        if not isinstance(code, str) or code not in known:
            problems.say(where, _("“%(key)s”里没有代码为 %(code)s 的部门") % {"key": key, "code": code})
    if len({str(code) for code in value}) != len(value):
        problems.say(where, _("“%(key)s”里有重复的部门") % {"key": key})
    return tuple(str(code) for code in value)

"""Reads `workflow_rules` of a catalogue file into the flat keys of duties.shapes.rules."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from duties.catalogue.careful_reading import Problems, mapping
from duties.shapes.limits import problem
from duties.shapes.rules import DEFAULTS, LIMIT_KEYS


def read_rules(
    source: Mapping[str, Any], problems: Problems, *, whistles: Any = None, weights: Any = None
) -> dict[str, Any]:
    """What the file lacks takes the default of duties.shapes.rules; `whistles` and `weights` are sections of their
    own.
    """
    returns, callback = mapping(source, "return_order"), mapping(source, "callback")
    suspend, extension = mapping(source, "suspend_account"), mapping(source, "extension")
    tries = re.match(r"\d+", str(callback.get("unreachable", "")))
    given = {
        "return_window": returns.get("window"),
        "return_window_urgent": returns.get("urgent_window"),
        "max_returns": returns.get("max_returns"),
        "return_requires": returns.get("require"),
        "max_extensions": extension.get("max_times"),
        "self_handle_sample_rate": mapping(source, "verify").get("sample_rate_grid_self"),
        "settle_needs_photo": mapping(source, "verify").get("photo_on_the_spot"),
        "verify_within": mapping(source, "verify").get("within"),
        "callback_within": callback.get("within"),
        "satisfaction": callback.get("scale"),
        "solved_options": callback.get("solved_options"),
        "reopen_on": callback.get("reopen_on"),
        "reopen_window": callback.get("reopen_window"),
        "unreachable_tries": int(tries.group()) if tries else None,
        "suspension_reasons": suspend.get("allowed_reasons"),
        "suspension_review_every": suspend.get("review_every"),
        "score_exclude": source.get("score_exclude"),
        "whistle_arrivals": _by_key(whistles, "code", "arrive"),
        "whistle_weights": _by_key(weights, "key", "weight"),
        "whistle_watch": source.get("whistle_watch"),
        **_supervision(source),
    }
    rules = {**DEFAULTS, **{key: value for key, value in given.items() if value is not None}}
    for key, value in rules.items():
        if type(value) is not type(DEFAULTS[key]):
            problems.say(f"workflow_rules {key}", _("写法不对"))
        elif key in LIMIT_KEYS and (trouble := problem(value)):
            problems.say(f"workflow_rules {key}", trouble)
    _check_whistles(rules, problems)
    return rules


def _by_key(rows: Any, key: str, value: str) -> dict[str, Any] | None:
    """A list of mappings as one mapping; None when the file has no such section."""
    if not isinstance(rows, list):
        return None
    return {str(row.get(key)): row.get(value) for row in rows if isinstance(row, dict)}


def _check_whistles(rules: Mapping[str, Any], problems: Problems) -> None:
    for name in ("whistle_arrivals", "whistle_weights", "whistle_watch"):
        given = rules[name]
        if not isinstance(given, dict) or set(given) != set(DEFAULTS[name]):
            problems.say(name, _("须且只须写明：%(keys)s") % {"keys": "、".join(DEFAULTS[name])})
            return
    for code, limit in rules["whistle_arrivals"].items():
        if trouble := problem(limit):
            problems.say(f"whistles {code}", trouble)
    weights = list(rules["whistle_weights"].values())
    if not all(isinstance(n, int) and n >= 0 for n in weights) or sum(weights) != 100:
        problems.say("whistle_evaluation", _("各项权重须为整数，合计 100"))
    watch = rules["whistle_watch"]
    if not (
        all(type(n) is int for n in watch.values()) and 0 <= watch["low"] < watch["high"] <= 100 <= 100 * watch["least"]
    ):
        problems.say("whistle_watch", _("须为整数：0 ≤ low < high ≤ 100，least 至少 1"))


def _supervision(source: Mapping[str, Any]) -> dict[str, Any]:
    shares, again = [], None
    for step in source.get("supervise") or []:
        at = str(step.get("at", "")) if isinstance(step, dict) else ""
        if share := re.fullmatch(r"时限的(\d{1,2})%", at):
            shares.append(int(share.group(1)) / 100)
        elif at == "超期":
            shares.append(1.0)
        elif later := re.fullmatch(r"超期(\w+)", at):
            again = later.group(1)
    return {"supervise_shares": shares or None, "supervise_again_after": again}

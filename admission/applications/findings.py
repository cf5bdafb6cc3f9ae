"""Which hard rules an application breaks: by its own declarations, by its words, by the fields it asks for. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from admission.likeness import likeness, pairs
from admission.workflow.rules import DECLARED, EXCUSES, NEGATIONS, SAME_FROM, TELLTALE, HardRule

CLAUSE = re.compile(r"[，,。；;！？!?\n]")
AROUND = 12


@dataclass(frozen=True)
class Finding:
    """One hard rule that is broken, and by what."""

    rule: HardRule
    why: str

    def as_json(self) -> dict[str, str]:
        return {"rule": self.rule.value, "why": self.why}


def findings(
    *, declared: Mapping[str, bool], texts: Iterable[str], fields: Sequence[str], known: Iterable[str], has_basis: bool
) -> list[Finding]:
    """Every broken rule, in the order of the rules; each one alone refuses the application.

    `fields` are what a grid would have to fill in, `known` those that the system has.
    """
    found = [Finding(HardRule(key), str(_("申请中声明“是”"))) for key in DECLARED if declared.get(key)]
    clauses = [clause for text in texts for clause in CLAUSE.split(text)]
    for rule in TELLTALE:
        if rule == HardRule.VETO and has_basis:
            continue
        if quote := next((quote for clause in clauses if (quote := _quoted(clause, rule))), ""):
            found.append(Finding(rule, str(_("申请文字写有“%(quote)s”") % {"quote": quote})))
    if again := repeated(fields, known):
        found.append(Finding(HardRule.REPEATS, str(_("已有：%(names)s") % {"names": "、".join(again)})))
    order = list(HardRule)
    return sorted(found, key=lambda finding: order.index(finding.rule))


def repeated(fields: Sequence[str], known: Iterable[str]) -> list[str]:
    """The fields that the system has already."""
    have = [pairs(name) for name in known]
    return [name for name in fields if any(likeness(pairs(name), other) >= SAME_FROM for other in have)]


def _quoted(clause: str, rule: HardRule) -> str:
    """The words of a clause around what breaks `rule`; empty where it does not, or denies it."""
    word = next((word for word in TELLTALE[rule] if word in clause), "")
    if not word or any(excuse in clause for excuse in (*EXCUSES.get(rule, ()), *NEGATIONS)):
        return ""
    at = clause.index(word)
    return clause[max(0, at - AROUND) : at + len(word) + AROUND].strip()

"""The workflow table as a document: docs/workflow.md is this text, and a test keeps it so."""

from collections.abc import Iterable

from issues.workflow import (
    CLOCK_LABELS,
    OPEN_STATES,
    STATES,
    TRANSITIONS,
    ClockKind,
    Hat,
    Relation,
    State,
    Transition,
)
from members.roles import Role

RELATION_WORDS = {
    Relation.AREA: "in the ticket's area",
    Relation.LEAD: "of the leading department",
    Relation.ASSIST: "of an assisting department",
    Relation.INVITED: "of a department that the consultation asks",
}


def document() -> str:
    """The whole of docs/workflow.md."""
    return "\n".join(
        [
            "# The workflow",
            "",
            "Generated from `issues/workflow/table.py` by `manage.py draw`; do not edit.",
            "All other things that move have tables of their own: [tables.md](tables.md).",
            "",
            "```mermaid",
            "stateDiagram-v2",
            *_diagram(),
            "```",
            "",
            "## States",
            "",
            "| State | 状态 | Whose move | What a resident reads | Governed by |",
            "| --- | --- | --- | --- | --- |",
            *(_state_row(state) for state in State),
            "",
            "## Transitions",
            "",
            "| Name | 动作 | From | To | Who | Needs | Guards | Clocks | Told |",
            "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
            *(_transition_row(t) for t in TRANSITIONS),
            "",
        ]
    )


def _diagram() -> Iterable[str]:
    yield from (f"    {state}: {state} {STATES[state].label}" for state in State)
    yield f"    [*] --> {State.PLACED}: place 点单"
    for t in TRANSITIONS:
        if t.target:
            yield from (f"    {s} --> {t.target}: {t.name} {t.label}" for s in State if s in t.sources)
    yield from (f"    {state} --> [*]" for state in State if not STATES[state].is_open)


def _state_row(state: State) -> str:
    info = STATES[state]
    clock = CLOCK_LABELS[info.governed_by] if info.governed_by else "–"
    return f"| `{state}` | {info.label} | {info.whose} | {info.resident_word} | {clock} |"


def _transition_row(t: Transition) -> str:
    named = {"stops": t.stops, "settles": t.settles, "pauses": t.pauses, "resumes": t.resumes, "starts": t.starts}
    clocks = [f"{verb} {_kinds(kinds)}" for verb, kinds in named.items() if kinds]
    cells = (
        f"`{t.name}`",
        str(t.label),
        _sources(t),
        t.target or "(stays)",
        "; ".join(_who(t.who)),
        ", ".join(t.needs) or "–",
        ", ".join(guard.__name__ for guard in t.guards) or "–",
        "; ".join(clocks) or "–",
        ", ".join(t.tell) or "–",
    )
    return "| " + " | ".join(cells) + " |"


def _sources(t: Transition) -> str:
    if t.sources >= OPEN_STATES:
        return "any open state"
    missing = OPEN_STATES - t.sources
    if len(missing) < 3:
        return f"any open state but {', '.join(sorted(missing))}"
    return ", ".join(s for s in State if s in t.sources)


def _kinds(kinds: Iterable[ClockKind]) -> str:
    return "all" if set(kinds) == set(ClockKind) else ", ".join(kinds)


def _who(hats: Iterable[Hat]) -> list[str]:
    """Hats grouped by relation, in words."""
    by_relation: dict[Relation, list[str]] = {}
    for role, relation in sorted(hats):
        by_relation.setdefault(relation, []).append(role)
    words = []
    for relation in Relation:
        roles = by_relation.get(relation, [])
        if relation in RELATION_WORDS and roles:
            words.append(f"{'、'.join(str(Role(r).label) for r in roles)} ({RELATION_WORDS[relation]})")
        elif roles:
            words.append({"resident": "the resident", "system": "the engine"}[roles[0]])
    return words

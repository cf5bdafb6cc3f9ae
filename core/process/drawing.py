"""A table of steps as a diagram and a list, for documents. Pure; writes nothing."""

from collections.abc import Iterable
from typing import Any

from core.process.steps import Step, StepTable


def drawn(table: StepTable) -> list[str]:
    """Lines of markdown: the diagram of states, then every step."""
    return [
        "```mermaid",
        "stateDiagram-v2",
        *_diagram(table),
        "```",
        "",
        "| Step | 动作 | From | To | Who | Needs | May give | Guards | Told |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        *(_row(table, step) for step in table.steps),
    ]


def _diagram(table: StepTable) -> Iterable[str]:
    yield from (f"    {state}: {state} {info.label}" for state, info in table.states.items())
    for step in table.steps:
        for target in filter(None, (step.target, step.onward)):
            yield from (f"    {s} --> {target}: {step.name} {step.label}" for s in table.states if s in step.sources)
    yield from (f"    {state} --> [*]" for state, info in table.states.items() if not info.is_open)


def _row(table: StepTable, step: Step) -> str:
    onward = f", then {step.onward}" if step.onward else ""
    cells = (
        f"`{step.name}`",
        str(step.label),
        _sources(table, step),
        f"{step.target or '(stays)'}{onward}",
        _names(sorted(step.who)),
        _names(step.needs),
        _names(step.takes),
        _names(guard.__name__ for guard in step.guards),
        _names(step.tell),
    )
    return "| " + " | ".join(cells) + " |"


def _sources(table: StepTable, step: Step) -> str:
    if step.sources >= table.open_states and len(table.open_states) > 1:
        return "any open state"
    return _names(state for state in table.states if state in step.sources)


def _names(values: Iterable[Any]) -> str:
    return ", ".join(str(value) for value in values) or "–"

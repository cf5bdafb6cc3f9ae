"""The list, by chapter. Replaced texts are short, so that few of them move when the house is rearranged."""

from tests.mutants.fault import Fault
from tests.mutants.faults import doors, engine, keeping, matters, numbers, sight, strangers, tickets, times

FAULTS: tuple[Fault, ...] = (
    *tickets.FAULTS, *times.FAULTS, *sight.FAULTS, *engine.FAULTS, *keeping.FAULTS, *numbers.FAULTS, *matters.FAULTS,
    *strangers.FAULTS, *doors.FAULTS,
)  # fmt: skip

"""A witness that outlives the supervisor: should it be killed outright, its children are ended all the same.

A fork that holds the reading end of a pipe. The supervisor tells it each child's process group; the end of
the pipe means the supervisor is gone. The children, told by the kernel (see `supervisor`), get a moment to end by
themselves, then whatever is left is killed. It does nothing else and must not start anything.
"""

import os
import signal
import time


class Guardian:
    """The supervisor's side of the pipe."""

    def __init__(self, grace_seconds: float) -> None:
        reading, self._writing = os.pipe()
        if os.fork() == 0:
            os.close(self._writing)
            _watch(reading, grace_seconds)
        os.close(reading)

    def started(self, group: int) -> None:
        self._tell(f"+{group}\n")

    def ended(self, group: int) -> None:
        self._tell(f"-{group}\n")

    def _tell(self, line: str) -> None:
        try:
            os.write(self._writing, line.encode())
        except BrokenPipeError:
            return  # somebody killed the guardian; the supervisor still ends its children itself


def _watch(reading: int, grace_seconds: float) -> None:
    """Body of the fork; never returns."""
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    groups: set[int] = set()
    with os.fdopen(reading) as lines:
        for line in lines:
            (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
    deadline = time.monotonic() + grace_seconds
    while (groups := {group for group in groups if _signal(group, 0)}) and time.monotonic() < deadline:
        time.sleep(0.2)
    for group in groups:
        _signal(group, signal.SIGKILL)
    os._exit(0)


def _signal(group: int, number: int) -> bool:
    """Send to a process group; false when nobody is left in it."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    return True

"""How long tests wait for what other processes do: until it holds, on a busy machine much longer than on a quiet one.

A wait ends as soon as its condition holds, so that patience costs nothing where all is well.
"""

BUSY = 4
"""A machine that runs other things takes so many times as long."""


def patient(seconds: float) -> float:
    """The deadline for what takes at most `seconds` on a quiet machine."""
    return seconds * BUSY

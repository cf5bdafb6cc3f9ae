"""How alike the parts of a division are, and how groups are shared out so that they become alike. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from places.rules import EVEN, UNEVEN


@dataclass(frozen=True)
class Balance:
    """Sizes of the parts; `ratio` is the largest over the mean."""

    largest: int
    smallest: int
    mean: float
    ratio: float

    @property
    def verdict(self) -> str:
        """ "even", "fair" or "uneven"."""
        if self.ratio <= EVEN:
            return "even"
        return "fair" if self.ratio <= UNEVEN else "uneven"


def balance_of(sizes: Sequence[int]) -> Balance | None:
    """None where there is nothing to compare."""
    if len(sizes) < 2 or not sum(sizes):
        return None
    mean = sum(sizes) / len(sizes)
    return Balance(max(sizes), min(sizes), mean, max(sizes) / mean)


def cuts(sizes: Sequence[int], parts: int) -> list[int]:
    """Where to cut a row of sizes into `parts` runs, none empty, the largest as small as can be.

    Returns the end of each run. Raises ValueError for fewer sizes than parts.
    """
    n = len(sizes)
    if parts < 1 or n < parts:
        raise ValueError("fewer sizes than parts")
    sums = [0]
    for size in sizes:
        sums.append(sums[-1] + size)
    best = [[float(sums[i]) if k == 1 else float("inf") for i in range(n + 1)] for k in range(parts + 1)]
    cut = [[0] * (n + 1) for _ in range(parts + 1)]
    for k in range(2, parts + 1):
        for i in range(k, n + 1):
            for j in range(k - 1, i):
                worst = max(best[k - 1][j], sums[i] - sums[j])
                if worst < best[k][i]:
                    best[k][i], cut[k][i] = worst, j
    ends, i = [], n
    for k in range(parts, 0, -1):
        ends.append(i)
        i = cut[k][i]
    return ends[::-1]

"""Doctor check of the tallies against the tickets they count."""

from collections import Counter

from core.doctor import check
from insights.counting import tally
from insights.counting.metrics import METRICS
from insights.models import DailyTally, SpeedTally, StepTally

SHOWN = 20


@check("tallies: equal to a fresh count of the tickets")
def tallies_agree(fix: bool) -> list[str]:
    tally.catch_up()
    findings = _differences()
    if findings and fix:
        tally.rebuild()
    return findings[:SHOWN]


def _differences() -> list[str]:
    wanted = tally.expected()
    names = [m.name for m in METRICS]
    stored = {(r.area_id, r.day, r.facet, r.value): r for r in DailyTally.objects.iterator(chunk_size=5000)}
    found = []
    for key in sorted(stored.keys() | wanted.counts.keys()):
        row, count = stored.get(key), wanted.counts.get(key) or Counter[str]()
        wrong = [n for n in names if (getattr(row, n) if row else 0) != count[n]]
        if wrong:
            found.append(f"area {key[0]} on {key[1]} {key[2] or 'whole'} {key[3] or '-'}: {', '.join(wrong)}")
    speeds = {(r.area_id, r.day, r.bucket): r.tickets for r in SpeedTally.objects.iterator(chunk_size=5000)}
    for speed in sorted(speeds.keys() | wanted.speeds.keys()):
        if speeds.get(speed, 0) != wanted.speeds.get(speed, 0):
            found.append(f"area {speed[0]} on {speed[1]}: handling times of bucket {speed[2]}")
    return found + _wrong_steps(wanted)


def _wrong_steps(wanted: tally.Delta) -> list[str]:
    stored = {(r.area_id, r.day): tally.counted_steps(r.counts) for r in StepTally.objects.iterator(chunk_size=5000)}
    none: tally.StepCounts = Counter()
    return [
        f"area {key[0]} on {key[1]}: times by step"
        for key in sorted(stored.keys() | wanted.steps.keys())
        if +stored.get(key, none) != +wanted.steps.get(key, none)
    ]

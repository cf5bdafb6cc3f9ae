"""`python -m tests.mutants`: makes each fault on a copy of the tree and tells whether its tests notice.

First the named tests must pass without a fault. Ends with 1 when a fault survived or broke the import, with 2 when
the list no longer fits the source.
"""

import argparse
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.mutants.fault import Fault, troubles
from tests.mutants.faults import FAULTS
from tests.mutants.trying import BROKEN, ROOT, SURVIVED, Bench, Tried, tried, unharmed, warm


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def asked() -> tuple[argparse.Namespace, list[Fault]]:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--only", default="", help="comma separated names")
    parser.add_argument("--list", action="store_true", help="the faults and why each matters")
    parser.add_argument("--check", action="store_true", help="only whether each text to be replaced is there once")
    parser.add_argument("--keep", type=Path, help="a scratch folder that stays, with the database in it")
    parser.add_argument("--trust", action="store_true", help="do not run the tests without a fault first")
    given = parser.parse_args()
    names = set(filter(None, given.only.split(",")))
    if unknown := names - {fault.name for fault in FAULTS}:
        parser.error(f"no such fault: {', '.join(sorted(unknown))}")
    return given, [fault for fault in FAULTS if not names or fault.name in names]


def row(one: Tried) -> str:
    return f"  {one.fault.name:<34} {one.outcome:<9} {one.seconds:6.1f} s  {one.note}"


def run(scratch: Path, faults: list[Fault], *, trust: bool) -> int:
    with ExitStack() as stack:
        bench = Bench(scratch, stack)
        bench.copy_tree()
        warm()
        if not trust and not unharmed(bench, faults):
            say("The tests fail without any fault; nothing can be said of faults.")
            return 2
        found = []
        for one in tried(bench, faults):
            found.append(one)
            say(row(one))
    count = {outcome: sum(one.outcome == outcome for one in found) for outcome in {one.outcome for one in found}}
    said = ", ".join(f"{n} {outcome}" for outcome, n in sorted(count.items()))
    say(f"  {len(found)} faults in {sum(one.seconds for one in found) / 60:.1f} min: {said}")
    return 1 if count.keys() & {SURVIVED, BROKEN} else 0


def main() -> int:
    given, faults = asked()
    if given.list:
        for fault in faults:
            say(f"  {fault.name:<34} {fault.file:<40} {fault.why}")
        return 0
    found = list(troubles(FAULTS, ROOT))
    if found:
        say("\n".join(["The list no longer fits the source:", *found]))
        return 2
    if given.check:
        say(f"{len(FAULTS)} faults fit the source")
        return 0
    if given.keep:
        given.keep.mkdir(parents=True, exist_ok=True)
        return run(given.keep.resolve(), faults, trust=given.trust)
    with tempfile.TemporaryDirectory(prefix="shanzhi-mutants-") as scratch:
        return run(Path(scratch), faults, trust=given.trust)


if __name__ == "__main__":
    sys.exit(main())

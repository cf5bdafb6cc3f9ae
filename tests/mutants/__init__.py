"""Faults made by hand, and a runner that tries whether the suite catches them: `make mutants`.

Not part of the suite: pytest collects nothing here. What survives is a hole in the suite; the cure is a test in the
room of what was broken, never a fault less.
"""

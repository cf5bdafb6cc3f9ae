"""Machinery that knows no domain word: clock and calendar, outbox, locks, trail, privacy, files, the step engine, UI
kit.

Rooms, from the top: `process`, `web`, `jobs`, `files`, `races`, `rows`, `days`, `trust`; each imports only what stands
below it. At the bottom stand `models`, `clock`, `text`, `errors`, `locks`, `codes` and `sql`, which all may use.
"""

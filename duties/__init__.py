"""Duty lists (责任清单) in versions, and whose duty a thing is. Knows no ticket.

Rooms, from the top: the reading pages (`views`), `approving` and `sheets`, `drafting`, `routing`, `lists`, `catalogue`,
`shapes`, `models`; each imports only what stands below it.
"""

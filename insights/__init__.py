"""Read models and boards: counts that follow the log of tickets. Writes nothing but its own tallies.

Rooms, from the top: `views`, `board`, `counting`.
"""

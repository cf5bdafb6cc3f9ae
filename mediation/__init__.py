"""Disputes (矛盾纠纷): parties, mediators, sittings, agreement, follow-up, opened from a ticket or without one.

Rooms, from the top: `views`, `forms`, `step_fields`, `dispute`, `queries`, `engine`, `people`, `models`, `workflow`.
"""

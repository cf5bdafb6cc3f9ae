"""The special ledgers: 问题台账, 民生实事, 专项行动. Knows tickets only through their verbs.

Rooms, from the top: `resident` and `views`, `forms`, `page`, `campaigns`, `engine`, `people`, `models`, `workflow`.
"""

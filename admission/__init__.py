"""The gate (事项准入) for what is asked of grids, reports of pushed-down tasks, the policy library, the five rights.

Rooms, from the top: `views`, `forms`, `applications`, `pushed` and `rights`, `library`, then what they share
(`queries`, `pagekit`, `transitions`, `people`), `models`, `workflow`; each imports only what stands below it.
"""

"""What is done about tickets without anybody pressing a button: reminders, hand-over on leave, moved grids, alarms.

Acts through `issues.engine.actions` like everybody; must not write a state itself.
"""

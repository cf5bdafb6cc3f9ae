"""The wiring: settings, addresses, Celery, the supervisor of a small installation, start-up safety. Imported by
none.
"""

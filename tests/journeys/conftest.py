"""The people of the journeys."""

from tests.journeys.people import meet

__all__ = ["meet"]

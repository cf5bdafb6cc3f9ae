"""What the engine does by itself: passed on with the reasons, taken back by a dispatcher, a callback opened."""

from issues.engine.effects.base import Applied, effect
from issues.models import Ticket
from issues.workflow import RECALL_WINDOW


@effect
def say_why(ticket: Ticket, step: Applied) -> None:
    """The reasons stay in the log of the ticket, whatever becomes of the list."""
    step.data["why"] = list(step.fields["why"])


@effect
def keep_why(ticket: Ticket, step: Applied) -> None:
    """The reasons, and until when a dispatcher may take it back."""
    say_why(ticket, step)
    ticket.recall_until = step.now + RECALL_WINDOW
    step.data["recall_until"] = ticket.recall_until.isoformat()


@effect
def open_callback(ticket: Ticket, step: Applied) -> None:
    """In the hands of who calls; what the resident says is never the engine's to write."""
    say_why(ticket, step)
    ticket.holder = step.fields.get("to")

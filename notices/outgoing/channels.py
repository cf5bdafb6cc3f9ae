"""What every channel outside the inbox has in common; which ones there are stands in `notices.extensions.CHANNELS`.

The inbox itself comes first and always: its row is written in the sender's own transaction, and every delivery
starts from there. A further channel (text message, work chat) is a subclass of `Channel` and one `add`.
"""

from abc import ABC, abstractmethod

from core.text import Text
from notices.models import Delivery, Reach


class Channel(ABC):
    """A way out. `send` may talk to the network; it is called outside any transaction and perhaps twice."""

    name: str
    """Stable and short (24 characters): stands in stored choices and deliveries."""
    label: Text
    is_personal = True
    """Whether people choose what they get by it, group by group."""

    def reaches(self, reach: Reach) -> bool:
        """Whether this person can be reached this way now; asks no database."""
        return False

    @abstractmethod
    def send(self, delivery: Delivery) -> None:
        """Hand one delivery over. Any exception means it was not; it is tried again.

        `core.jobs.outbox.GiveUp` says that trying again cannot help. Texts come from `notices.outgoing.wording` only.
        """

"""What the lists contribute to lower floors: the kinds of notices that their versions send."""

from duties import acts as acts  # adds itself
from duties import kinds
from notices.extensions import KINDS

KINDS.extend(kinds.all_kinds())

"""What the lists contribute to lower floors: the kinds of notices that their versions send, and who reviews
them after a department has gone."""

from duties import acts as acts  # adds itself
from duties import kinds
from duties.approving.handing_over import APPROVALS
from members.extensions import HOLDINGS
from notices.extensions import KINDS

KINDS.extend(kinds.all_kinds())
HOLDINGS.add(APPROVALS)

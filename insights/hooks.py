"""What the tallies contribute to lower floors: how long lists are that stand behind numbers of the board."""

from insights.board import known
from issues.extensions import TOTALS

TOTALS.add(known.total_of)

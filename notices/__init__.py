"""The inbox, channels out of it, each person's choice; the page of parked rows. Knows no ticket."""

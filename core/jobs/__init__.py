"""What must happen after a transaction: the outbox, its parked rows, the pulse of who runs it. Knows no page."""

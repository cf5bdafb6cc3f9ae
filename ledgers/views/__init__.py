"""Pages of the ledgers for staff. They hold no rule."""

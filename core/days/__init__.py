"""Working days and limits on them."""

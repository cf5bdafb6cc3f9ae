"""What a board shows: figures with their lists, comparison, heat, trend, warnings, and how each number is made."""

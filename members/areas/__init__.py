"""Pages of single areas: parts, numbers, households, order-page codes. Writes go through `grids` and `members`."""

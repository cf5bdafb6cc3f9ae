"""What moves a dispute: the one writer, effects, numbers, and what follows reshaped grids."""

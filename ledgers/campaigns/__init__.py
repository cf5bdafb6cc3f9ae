"""专项行动: the list that is looked at, what a look finds, how far it is, and what follows reshaped grids."""

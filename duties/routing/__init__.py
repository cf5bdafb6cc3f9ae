"""Whose duty: the list weighed with powers, division of work and kept rules, its gaps, and dry runs. Writes no list."""

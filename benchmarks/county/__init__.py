"""A synthetic county of 300,000 households: built, then read and reshaped."""

"""Reads of the lists: versions, search, pages of lines, comparison, and what a reader may do. Writes nothing."""

"""Plans to reshape grids: drafted, previewed, carried out, taken back within a day; who is told."""

"""Many households at once: the list, files of them, grids as a file that an import reads back."""

"""Catalogue files (起步清单): read carefully, then written as version 1 of each list."""

"""The administration of areas: profiles, plans to reshape grids and what follows them, boundaries, maps.

Rooms, from the top: `views`, `plans`, `maps`; below them the tree of areas as a table, profiles, staffing.
"""

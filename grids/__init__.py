"""Where: the area tree and the households, their writers, and the scope that every other module asks."""

"""Pages of the area administration. They hold no rule."""

"""Pages of the system admin: what was parked, the county's times, machines outside. They hold no rule."""

"""What people and the engine do, one chapter a module."""

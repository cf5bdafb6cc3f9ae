"""Signing in: passwords, lockout, limits of a session."""

"""`make bench`: what one machine carries, measured through the real doors. Nothing here runs in an installation."""

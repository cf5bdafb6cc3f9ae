"""What the page of one dispute shows, its timeline, and the agreement to print. Writes nothing."""

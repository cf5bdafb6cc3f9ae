"""What every page and form stands on: forms that no input can break, the skin of a request, health, calls outside."""

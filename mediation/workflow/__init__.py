"""The way of a dispute as pure data: states, hats, guards, steps, and the numbers a county may change."""

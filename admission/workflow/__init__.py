"""The ways through the gate as pure data: states, hats, guards, steps, and the numbers a county may change."""

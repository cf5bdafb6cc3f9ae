"""What happens in the demo, told through the real verbs in the order of time."""

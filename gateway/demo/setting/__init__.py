"""Where the demo happens and who is there: divisions, people, outlines, powers, lists, channels."""

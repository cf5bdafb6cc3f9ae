"""An application on its way through the gate: its writer, what steps do, what breaks a hard rule, its page."""

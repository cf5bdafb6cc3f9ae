"""The forms that open something and the fields of each step. They phrase kindly and hold no rule."""

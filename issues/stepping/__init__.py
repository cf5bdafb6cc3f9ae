"""The form in which a step is taken: fields, list items and departments to choose, replies. Applies nothing."""

"""The draft of a list: its one writer, the editor, and what it may not be submitted with."""

"""The queue: lists, saved views, bulk steps, files of a list. Holds no rule of the workflow."""

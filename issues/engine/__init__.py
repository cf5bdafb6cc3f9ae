"""The engine: everything that moves a ticket, in one transaction a step.

Owns the writer (`actions`), effects, limits, numbers, words to be found by. Must not know a page, a form or a list.
"""

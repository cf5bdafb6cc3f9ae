"""One machine's installation: what it needs is prepared, its processes are started, watched, logged together and ended.

Must not know a page or a model: it starts what the settings describe.
"""

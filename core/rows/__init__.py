"""How rows are read: within a scope, page by page, by words, with statements composed once."""

"""How tickets are found: conditions, filters, search, counts, families. Reads only; every read starts in a scope."""

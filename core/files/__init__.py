"""Photos, tables, workbooks and codes that come in or go out. Nothing is parsed before it was judged."""

"""Who: accounts, departments, dated posts, and the one predicate of who may see and do what."""

"""Pages of people: accounts, posts, departments, the audit trail. Writes go through the writers of `members`."""

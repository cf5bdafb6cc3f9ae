"""Everything the page of one ticket shows, read in a fixed number of queries; then put into words. Writes nothing."""

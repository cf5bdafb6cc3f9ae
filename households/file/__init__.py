"""What is in a household's file: its one writer, guarded labels, looks at personal data, requests, forgetting."""

"""Reports of pushed-down tasks (转嫁反映): their writer and their page. Who reported is told to few."""

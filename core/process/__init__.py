"""How a thing moves by its table: the steps as data, one step in one transaction, and the page on which it is taken."""

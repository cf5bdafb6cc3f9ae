"""The five rights of townships: their uses and the county's half-yearly reviews."""

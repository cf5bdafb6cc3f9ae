"""Pages of residents: place an order by a grid's code, follow it by its tracking code, add to it, rate it."""

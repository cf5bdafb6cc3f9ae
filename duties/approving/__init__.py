"""From a draft to its first day: submitted, reviewed by departments, signed, published."""

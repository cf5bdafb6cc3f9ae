"""Machine doors: the demo county and the nightly examination."""

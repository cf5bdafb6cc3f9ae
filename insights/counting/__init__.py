"""What is counted and how: metrics, tallies kept up with the log, what is open now, the days looked at."""

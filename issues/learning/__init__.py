"""What past tickets teach: suggestions of items, observed times, what a dry run may know. Decides nothing."""

"""The page on which a person chooses what reaches them, how and when. Writes through `notices.reaching` only."""

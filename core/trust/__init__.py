"""Who answers for what: the trail, personal data at rest and on screen, keys. Must not know a page."""

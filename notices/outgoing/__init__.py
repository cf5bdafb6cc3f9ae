"""What leaves the house: planned with the notice, sent by a channel when it is due. Says no names."""

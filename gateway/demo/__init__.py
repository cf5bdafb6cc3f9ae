"""The demo county: where it is and who is there (`setting`), then what happens, through the real verbs (`telling`)."""

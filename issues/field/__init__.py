"""Pages of the field: what now, log a finding, one's own numbers. On the phone, and for logging on the desk too."""

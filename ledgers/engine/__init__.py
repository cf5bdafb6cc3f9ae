"""What moves a matter of any ledger: one writer, effects, and the verbs that open problems and projects."""

"""Pages of the gate: register, applications, reports, documents, rights. They hold no rule."""

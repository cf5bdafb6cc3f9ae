"""The policy library: documents, what rests on them, PDF files judged before they are kept."""

"""A list as an Excel table: out, back in, and what it would change until its uploader applies it."""

"""Keeping in touch: visits (走访) and liaison (包联), their writers and reads."""

"""Imports from the spreadsheets a county has: read (`files`), understood (`fields`), checked and written (`work`)."""

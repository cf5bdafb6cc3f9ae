"""Imports from the spreadsheets a county has: read (`reading`), understood (`fields`), checked and written (`work`)."""

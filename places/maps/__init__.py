"""Outlines and points: files in and out, datums, pictures, from a point to the area in charge."""

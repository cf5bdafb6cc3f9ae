"""The staff's pages of one ticket and the papers that come of it. Load, call one verb, render; no rule."""

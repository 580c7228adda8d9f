"""Indicators: every figure declared once, computed from rows, opened down to them."""

"""Pages of investment."""

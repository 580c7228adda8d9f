"""Measuring the budgets: every figure as a ratio to a yardstick of the same run."""

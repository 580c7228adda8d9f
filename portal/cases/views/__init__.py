"""Pages of cases: load within scope, check, one engine call, redirect."""

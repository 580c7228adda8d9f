"""Project approval in the five "五即" stages: permits, land, utilities, capacity review."""

"""What the pages of the domain show."""

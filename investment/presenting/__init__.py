"""What pages of investment show."""

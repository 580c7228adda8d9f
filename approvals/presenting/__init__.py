"""What the pages of projects and permits show: read once, put into words, laid out. Knows no requests."""

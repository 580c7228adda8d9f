"""What an administrator looks after about notices: dead letters, texts, groups and systems, hours."""

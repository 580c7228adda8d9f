"""Trust between people: who acts for an enterprise, by whose word; and who has read whose contact details."""

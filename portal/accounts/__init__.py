"""Who signs in: users, park-wide duties, sign-in and lock-out."""

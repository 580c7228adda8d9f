"""What a person is told, and its outbox per channel."""

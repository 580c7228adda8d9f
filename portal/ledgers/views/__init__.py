"""The pages of ledgers: bringing in, taking out, empty forms."""

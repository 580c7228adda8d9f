"""The case engine: one noun, one writer, one clock, one timeline for all domains."""

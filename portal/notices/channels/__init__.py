"""The ways out of the house: one function per channel, one way of saying what went wrong."""

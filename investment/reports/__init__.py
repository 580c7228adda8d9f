"""The indicators of investment: who works on it, what is in talks, what was introduced, how it went, what was
kept of it."""

from investment.reports import activities, conversion, leads, performance, registers, steps

__all__ = ["activities", "conversion", "leads", "performance", "registers", "steps"]

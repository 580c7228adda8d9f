"""The indicators of investment: who works on it, what is in talks, what was introduced, how it went, what was
kept of it."""

from investment.reports import conversion, leads, performance, registers, steps

__all__ = ["conversion", "leads", "performance", "registers", "steps"]

"""The access words that the sweep can resolve for many cases in one statement."""

SWEEP_WORDS = frozenset(
    {
        "handler",
        "section_heads",
        "heads",
        "leader_in_charge",
        "leaders",
        "supervisors",
        "enterprise",
    }
)

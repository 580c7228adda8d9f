"""Subsidies from policy to payout, financing, upper-level programmes, guidance fund."""

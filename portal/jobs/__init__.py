"""Periodic jobs: each leaves a trace, so that a job that did not run is seen."""

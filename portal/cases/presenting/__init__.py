"""View-models: what a page shows, computed once in Python so that templates only print."""

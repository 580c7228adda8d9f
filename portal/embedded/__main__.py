"""`python -m portal.embedded`: exit code 0 when a server of this folder runs, 1 when none does."""

import sys

from portal import embedded

sys.exit(0 if embedded.running() else 1)

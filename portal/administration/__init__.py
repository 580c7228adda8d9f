"""The administrator's own pages: calendar, standards, jobs; registers are in the admin site."""

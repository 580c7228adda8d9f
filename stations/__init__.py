"""The government service stations (政务驿站) and the requests that enterprises bring to them."""

"""The ledgers of the stations: themselves, the requests brought to them, their events."""

from stations.ledgers import events, places, requests

__all__ = ["events", "places", "requests"]

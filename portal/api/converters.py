"""What stands in the addresses of the API."""

from django.urls import register_converter


class IdConverter:
    """A row's id that the database can hold."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


class ReferenceConverter:
    """A case: its id or its number."""

    regex = r"[^/\x00-\x1f\x7f]{1,40}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: object) -> str:
        return str(value)


def register() -> None:
    """Make the converters known. Called once, before any route is read."""
    register_converter(IdConverter, "id")
    register_converter(ReferenceConverter, "ref")

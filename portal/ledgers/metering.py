"""What a reader of any format says of a sheet: how far it is, and which cells failed."""

from dataclasses import dataclass


class CellError(str):
    """What a cell shows when its formula failed, such as #N/A."""

    __slots__ = ()


@dataclass
class Meter:
    """How far a sheet has been read, in unpacked bytes."""

    size: int = 0
    done: int = 0

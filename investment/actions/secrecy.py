"""保密: a lead that is known to its circle only (dossier, section 5, "confidentiality")."""

from __future__ import annotations

from portal.cases import circle
from portal.cases.move import Move


def confide(move: Move) -> None:
    """Known from here on to these people, who handles it, who does this, and the heads of its task force."""
    chosen = [user.pk for user in move.data["people"]]
    circle.close(move.case, [*chosen, *circle.heads(move.case.team), *_self(move)], move.now)
    for child in move.case.children.select_related("team"):  # locked by the lead's own row
        circle.close(child, [*chosen, *circle.heads(child.team)], move.now)
        child.save(update_fields=["confidential"])


def let_in(move: Move) -> None:
    circle.let_in(move.case, [user.pk for user in move.data["people"]], move.now)


def take_out(move: Move) -> None:
    circle.take_out(move.case, move.data["person"].pk)


def disclose(move: Move) -> None:
    circle.disclose(move.case)
    for child in move.case.children.all():
        circle.disclose(child)
        child.save(update_fields=["confidential"])


def _self(move: Move) -> list[int]:
    return [move.user_id] if move.user_id is not None else []

"""地等项目: which ready parcel fits which project, best first, and why in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from approvals.models import Parcel

BEST = 3
# A parcel that is smaller than what is wanted by no more than this still is worth a talk (proposal).
MOST_SHORT = Decimal("0.10")


@dataclass(frozen=True)
class Fit:
    """A parcel for a project; `spare` is what is left of it in mu, less than 0 what is missing."""

    parcel: Parcel
    wanted: Decimal | None
    spare: Decimal

    @property
    def is_large_enough(self) -> bool:
        return self.spare >= 0

    @property
    def why(self) -> str:
        """The reason in one sentence."""
        if self.wanted is None:
            return _("Nobody has said yet how much land is wanted.")
        told = {"wanted": mu(self.wanted), "spare": mu(abs(self.spare))}
        if self.spare == 0:
            return _("Exactly the %(wanted)s mu that are wanted.") % told
        if self.spare > 0:
            return _("%(wanted)s mu are wanted: %(spare)s mu to spare.") % told
        return _("%(wanted)s mu are wanted: %(spare)s mu short.") % told


def mu(amount: Decimal) -> str:
    """An area without needless zeros."""
    return number_format(amount.normalize() if amount else Decimal(0), use_l10n=True, force_grouping=False)


def fits(wanted: Decimal | None, parcels: Iterable[Parcel]) -> list[Fit]:
    """The best parcels for so much land (mu): large enough with the least to spare, then a little short.

    Where nobody has said how much, the smallest ones.
    """
    need = wanted or Decimal(0)
    found = [Fit(parcel, wanted, parcel.area_mu - need) for parcel in parcels]
    worth = [fit for fit in found if fit.spare >= -need * MOST_SHORT]
    return sorted(worth, key=lambda fit: (fit.spare < 0, abs(fit.spare), fit.parcel.code))[:BEST]

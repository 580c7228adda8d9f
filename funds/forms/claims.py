"""Forms of a claim: filled with what the park knows, signed, examined, decided, made public, issued."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.forms.taken import already_claimed
from funds.models import BankAccount, Claim, ClaimPaper, Ground, Policy, PolicyVersion
from portal.cases.access import usable_papers
from portal.cases.forms import ActionForm
from portal.cases.models import Document
from portal.cases.paper_fields import PaperField
from portal.day_input import DayInput
from portal.money import money as yuan
from portal.park.models import Team
from portal.worktime.clock import local

MOST_YUAN, CENT = Decimal(10) ** 13, Decimal("0.01")
MOST_GROUNDS = 200


def day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=DayInput(), **more)


def money(label: Any, **more: Any) -> forms.DecimalField:
    given = {
        "min_value": Decimal("0.01"),
        "max_value": MOST_YUAN,
        "max_digits": 16,
        "decimal_places": 2,
        **more,
    }
    return forms.DecimalField(label=label, **given)


def text(label: Any, rows: int = 3, length: int = 2000, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=length, widget=forms.Textarea(attrs={"rows": rows}), **more
    )


class GroundsField(forms.CharField):
    """One a line: a number, and after a comma or a blank its amount in yuan where there is one."""

    def __init__(self, *, kind: str, with_amount: bool, **more: Any) -> None:
        super().__init__(required=False, max_length=12_000, widget=forms.Textarea(attrs={"rows": 3}), **more)
        self.kind, self.with_amount = kind, with_amount

    def clean(self, value: Any) -> Any:
        """A list of (number, amount or None)."""
        typed = str(super().clean(value) or "")
        lines = [line.strip() for line in typed.splitlines() if line.strip()]
        if len(lines) > MOST_GROUNDS:
            raise forms.ValidationError(_("%(n)s lines at most.") % {"n": MOST_GROUNDS})
        found = [self._one(line) for line in lines]
        if len({mark for mark, _amount in found}) < len(found):
            raise forms.ValidationError(_("A number stands here twice."))
        return found

    def _one(self, line: str) -> tuple[str, Decimal | None]:
        if not self.with_amount:
            return _mark(line), None
        parts = (
            line.replace("，", ",")
            .replace("\t", ",")
            .rsplit("," if "," in line.replace("，", ",") else " ", 1)
        )
        try:
            amount = Decimal(parts[1].replace(" ", "")) if len(parts) == 2 else None
        except InvalidOperation:
            amount = None
        if amount is None or not amount.is_finite() or not CENT <= amount <= MOST_YUAN:
            raise forms.ValidationError(
                _("“%(line)s”: write the number, a comma, and the amount in yuan.") % {"line": line[:60]}
            )
        return _mark(parts[0]), amount.quantize(CENT)


def _mark(typed: str) -> str:
    """A number as it is compared: in capitals, without blanks."""
    found = "".join(typed.split()).upper()
    if not found or len(found) > 80:
        raise forms.ValidationError(_("A number has 1 to 80 characters."))
    return found


class ClaimForm(ActionForm):
    """A claim under a published version: the period, what it stands on, papers, and where the money goes."""

    takes_files: ClassVar[bool] = True
    public_fields: ClassVar[tuple[str, ...]] = ("year", "since", "until", "base_amount")
    private_fields: ClassVar[tuple[str, ...]] = ("bank", "number", "holder", "invoices", "equipment")

    version = forms.ModelChoiceField(
        queryset=PolicyVersion.objects.filter(published_at__isnull=False).select_related(
            "policy__team", "policy__budget"
        ),
        widget=forms.HiddenInput,
    )
    year = forms.IntegerField(label=_("For the year"), min_value=2000, max_value=2100)
    since = day(_("From"))
    until = day(_("Until"))
    base_amount = money(_("Base (yuan)"), help_text=_("What you have spent, as your invoices say."))
    invoices = GroundsField(
        label=_("Invoices"),
        kind=Ground.Kind.INVOICE,
        with_amount=True,
        help_text=_("One a line: number, amount in yuan. Together they come to the base."),
    )
    equipment = GroundsField(
        label=_("Equipment"),
        kind=Ground.Kind.EQUIPMENT,
        with_amount=False,
        help_text=_("One a line: the number on its plate."),
    )
    project_number = forms.CharField(label=_("Number of the project"), max_length=80, required=False)
    holder = forms.CharField(label=_("Account holder"), max_length=120)
    bank = forms.CharField(label=_("Bank and branch"), max_length=120)
    number = forms.CharField(
        label=_("Account number"),
        max_length=40,
        help_text=_("8 to 34 digits. It is shown in full to nobody but who pays."),
    )
    declared = forms.BooleanField(
        label=_("What is said here is true, and nothing of it was paid for elsewhere."),
        help_text=_("A false claim is given back, and bars from all policies for three years."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chosen = self._version()
        self.known = BankAccount.objects.filter(enterprise=self.case.enterprise_id, active=True).first()
        if self.chosen is not None:
            self._ask_period(self.chosen)
            if self.chosen.base != "claimed":
                for name in ("base_amount", "invoices", "equipment"):
                    del self.fields[name]
            if self.is_automatic:
                self._ask_no_more()
            self._ask_papers(self.chosen)
        self._ask_account()

    @property
    def is_automatic(self) -> bool:
        """免申即享: the enterprise only says where the money goes."""
        return self.chosen is not None and self.chosen.policy.delivery == Policy.Delivery.AUTOMATIC

    @property
    def claim_fields(self) -> list[forms.BoundField]:
        """What is claimed for, as it stands on the page."""
        names = ("year", "since", "until", "base_amount", "invoices", "equipment", "project_number")
        return [self[name] for name in names if name in self.fields]

    @property
    def paper_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("paper_")]

    def _ask_no_more(self) -> None:
        for name in ("project_number", "equipment", "invoices"):
            self.fields.pop(name, None)
        for name in ("year", "declared"):
            if name in self.fields:
                self.fields[name].widget = forms.HiddenInput()
        self.fields["declared"].initial = True

    def _version(self) -> PolicyVersion | None:
        given = self["version"].value()
        if isinstance(given, PolicyVersion):
            return given
        if not str(given or "").isdecimal() or len(str(given)) > 18:
            return None
        field: Any = self.fields["version"]
        found: PolicyVersion | None = field.queryset.filter(pk=given).first()
        return found

    def _ask_period(self, version: PolicyVersion) -> None:
        wanted = {"year": ("year",), "span": ("since", "until")}.get(version.period, ())
        for name in {"year", "since", "until"} - set(wanted):
            del self.fields[name]
        if "year" in self.fields:
            self.fields["year"].initial = local(self.now).year - (1 if local(self.now).month <= 6 else 0)

    def _ask_account(self) -> None:
        if self.known is not None:
            for name in ("holder", "bank", "number"):
                self.fields[name].required = False
            self.fields["number"].help_text = gettext("Leave it empty for %(account)s, %(bank)s.") % {
                "account": self.known.masked,
                "bank": self.known.bank,
            }
        elif self.case.enterprise is not None:
            self.fields["holder"].initial = self.case.enterprise.name

    def _ask_papers(self, version: PolicyVersion) -> None:
        """Each material, with the paper that was given for one of its name before, or that is titled so."""
        self.materials = list(version.materials.all())
        papers = (
            Document.objects.filter(usable_papers(self.actor, self.case))
            if self.actor is not None
            else Document.objects.none()
        )
        known = self._known_papers()
        for material in self.materials:
            field = PaperField(
                label=material.label, queryset=Document.objects.none(), required=material.is_required
            )
            field.offer(papers)
            field.initial = known.get(material.name)
            self.fields[f"paper_{material.pk}"] = field

    def _known_papers(self) -> dict[str, int]:
        names = [m.name for m in self.materials if not m.used_once]
        enterprise = self.case.enterprise_id
        clean = Q(scan_state=Document.Scan.CLEAN)
        titled = Document.objects.filter(clean, enterprise=enterprise, title__in=names).order_by(
            "uploaded_at"
        )
        given = ClaimPaper.objects.filter(claim__enterprise=enterprise, material__name__in=names).order_by(
            "pk"
        )
        return {
            **dict(titled.values_list("title", "pk")),
            **dict(given.values_list("material__name", "document_id")),
        }

    def clean_number(self) -> str:
        digits = "".join(str(self.cleaned_data["number"]).split())
        if digits and (not digits.isascii() or not digits.isdecimal() or not 8 <= len(digits) <= 34):
            raise forms.ValidationError(_("8 to 34 digits, nothing else."))
        return digits

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        version = cleaned.get("version")
        if version is None:
            return cleaned
        today = local(self.now).date()
        if not version.policy.active or today < version.opens_on or (version.closes_on or today) < today:
            self.add_error(None, _("This policy takes no claims today."))
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", _("It cannot end before it begins."))
        if until and until > today:
            self.add_error("until", _("Only for days that are over."))
        self._check_base(cleaned)
        self._check_account(cleaned)
        if version != version.policy.version_on(today):
            self.add_error(None, _("This policy was changed meanwhile: please look at it once more."))
        if (period := self.period_of(cleaned)) is not None and self.case.enterprise_id:
            cleaned["period"] = period
            for name, told in already_claimed(version, self.case.enterprise_id, period, cleaned):
                self.add_error(name if name in self.fields else None, told)
        return cleaned

    def _check_base(self, cleaned: dict[str, Any]) -> None:
        invoices, base = cleaned.get("invoices"), cleaned.get("base_amount")
        if invoices and base is not None and (total := sum(amount for _m, amount in invoices)) != base:
            told = {"total": yuan(total), "base": yuan(base)}
            self.add_error("invoices", gettext("The invoices come to %(total)s, not to %(base)s.") % told)

    def _check_account(self, cleaned: dict[str, Any]) -> None:
        """The account is in the name of the enterprise (dossier, section 3, step 3)."""
        if not cleaned.get("number"):
            if self.known is None and "number" not in self.errors:
                self.add_error("number", _("Please say where the money goes."))
            return
        holder, enterprise = cleaned.get("holder"), self.case.enterprise
        if holder and enterprise is not None and holder.strip() != enterprise.name:
            told = {"name": enterprise.name}
            self.add_error("holder", gettext("The account must be in the name of %(name)s.") % told)
        for name in ("holder", "bank"):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, self.fields[name].error_messages["required"])

    def period_of(self, cleaned: dict[str, Any]) -> tuple[date, date | None] | None:
        """The first day of what the claim is for, and the day after its last (None: without an end).

        None while that cannot be told.
        """
        if "year" in self.fields:
            year = cleaned.get("year")
            return (date(year, 1, 1), date(year + 1, 1, 1)) if year else None
        if "since" in self.fields:
            since, until = cleaned.get("since"), cleaned.get("until")
            return (since, until + timedelta(days=1)) if since and until and since <= until else None
        return date(2000, 1, 1), None


class AcceptForm(ActionForm):
    """受理: what the window has looked at."""

    public_fields: ClassVar[tuple[str, ...]] = ()
    note = text(_("Remark"), required=False)


class OpinionForm(ActionForm):
    """初审: the opinion, and the amount that follows from the rules."""

    opinion = text(_("Opinion"))


class PartForm(ActionForm):
    """Who else is asked, and what."""

    public_fields: ClassVar[tuple[str, ...]] = ("team",)
    team = forms.ModelChoiceField(
        label=_("Department"), queryset=Team.objects.filter(active=True).order_by("kind", "name")
    )
    ask = forms.CharField(label=_("What is asked"), max_length=300)


class JointForm(ActionForm):
    """联审: what the departments, experts and visits have come to."""

    opinion = text(_("Result of the joint review"))


class ApproveForm(ActionForm):
    """会议审定: amount and minutes."""

    public_fields: ClassVar[tuple[str, ...]] = ("amount", "minutes_number")
    amount = money(_("Approved amount (yuan)"))
    minutes_number = forms.CharField(label=_("Minutes, number"), max_length=60, required=False)
    reasons = text(_("Grounds"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        claim: Claim | None = getattr(self.case, "claim", None)
        if claim is not None:
            self.fields["amount"].initial = claim.calculated_amount
            if claim.case.step == "meeting":
                self.fields["minutes_number"].required = True

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        most = self.case.claim.calculated_amount
        if most is not None and amount > most:
            raise forms.ValidationError(
                gettext("By the rules of the policy it is %(most)s at most.") % {"most": yuan(most)}
            )
        return amount


class RefuseForm(ActionForm):
    """不予支持: a ground that is counted, the reasons, and what can be done."""

    GROUNDS = (
        ("conditions", _("conditions not met")),
        ("period", _("outside the period")),
        ("doubled", _("supported elsewhere already")),
        ("barred", _("barred")),
        ("papers", _("papers missing or wrong")),
        ("budget", _("no budget")),
        ("other", _("other")),
    )
    public_fields: ClassVar[tuple[str, ...]] = ("refusal", "reasons", "remedies")
    refusal = forms.ChoiceField(label=_("Ground"), choices=GROUNDS)
    reasons = text(_("Reasons"))
    remedies = text(
        _("How to appeal"),
        length=1000,
        initial=_("Within ten working days you can appeal on this page; the park leaders decide anew."),
    )


class AnswerForm(ActionForm):
    """The answer to an objection."""

    public_fields: ClassVar[tuple[str, ...]] = ("answer",)
    answer = text(_("Answer"))


class IssueForm(ActionForm):
    """下达: under which number."""

    public_fields: ClassVar[tuple[str, ...]] = ("document_number",)
    document_number = forms.CharField(label=_("Document number"), max_length=60)


class UseForm(ActionForm):
    """绩效: what the money was used for."""

    public_fields: ClassVar[tuple[str, ...]] = ("use_of_funds",)
    use_of_funds = text(_("What was the money used for?"))

"""Forms of a permit: filled once (what is known stands in them), accepted, reviewed, decided."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from approvals.access import PLEDGE, project_of
from approvals.forms.days import day
from approvals.forms.projects import FactsMixin, words
from approvals.models import (
    BUILDERS,
    STAGE_FACTS,
    Material,
    Permit,
    PermitPaper,
    ProcedureItem,
    Project,
    ServiceItem,
)
from portal.cases import standards
from portal.cases.access import usable_papers
from portal.cases.forms import ActionForm
from portal.cases.models import Case, Document
from portal.cases.paper_fields import PaperField
from portal.park.acting import Actor
from portal.park.models import Team
from portal.worktime.clock import Calendar, local


def check_pledge(on: date, now: datetime) -> None:
    """容缺: a paper is promised for a day that the service standard of pledges allows. ValidationError."""
    limit = standards.standard(standards.current_id(PLEDGE)).limit("promised", "")
    today = local(now).date()
    last = local(Calendar.current().due_at(now, limit)).date() if limit is not None else on
    if not today < on <= last:
        told = _("A day after today, until %(on)s at the latest.") % {"on": last}
        raise forms.ValidationError(told)


class OpenPermitForm(ActionForm):
    """What the project opens by itself: never filled in by a person."""

    place = forms.ModelChoiceField(queryset=ProcedureItem.objects.select_related("item__team"))
    sequence = forms.IntegerField(min_value=1)
    label = words("", 80)

    def recorded(self) -> dict[str, dict[str, Any]]:
        return {"public": {"item": self.cleaned_data["place"].item.name}, "internal": {}}


def offered_papers(case: Case, actor: Actor | None) -> QuerySet[Document]:
    """The papers with which this person may file; for the filing agent, those of the enterprise."""
    if actor is None:
        return Document.objects.none()
    project = project_of(case)
    if project is not None and project.agent_id == actor.user.pk:
        return Document.objects.filter(enterprise=case.enterprise_id)
    return Document.objects.filter(usable_papers(actor, case))


def known_papers(case: Case, materials: list[Material]) -> dict[int, int]:
    """For each material a paper that was given before where the same was asked for, else one of its name."""
    names = {m.name for m in materials}
    given = PermitPaper.objects.filter(
        permit__case__enterprise=case.enterprise_id, material__name__in=names, document__isnull=False
    ).order_by("pk")
    by_name = dict(given.values_list("material__name", "document_id"))
    titled = Document.objects.filter(
        enterprise=case.enterprise_id, title__in=names, scan_state=Document.Scan.CLEAN
    ).order_by("uploaded_at")
    by_title = dict(titled.values_list("title", "pk"))
    found = {m.pk: by_name.get(m.name) or by_title.get(m.name) for m in materials}
    return {key: pk for key, pk in found.items() if pk}


class SubmitForm(ActionForm, FactsMixin):
    """What an item needs: the facts of its stage and its materials, with all that is known filled in.

    Fields: `paper_<material>`, and where gaps are allowed (容缺) `pledge_<material>`, the day by which a
    paper that is not a key material is brought.
    """

    takes_files: ClassVar[bool] = True
    public_fields: ClassVar[tuple[str, ...]] = ("commitment", *FactsMixin.base_fields)

    commitment = forms.BooleanField(
        label=_("I commit myself to meet the conditions; they will be checked afterwards."),
        required=False,
        help_text=_("Then it is decided at once. A commitment that was not kept: the decision is revoked."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        permit: Permit = self.case.permit
        item = permit.item
        self._keep_facts(item, permit.project)
        if item.pledgeable != ServiceItem.Pledge.COMMITMENT:
            del self.fields["commitment"]
        self.materials = list(item.materials.all())
        self.lacking = item.pledgeable == ServiceItem.Pledge.LACKING
        papers, known = offered_papers(self.case, self.actor), known_papers(self.case, self.materials)
        for material in self.materials:
            self._ask(material, papers, known.get(material.pk))

    def _keep_facts(self, item: ServiceItem, project: Project) -> None:
        asked = STAGE_FACTS.get(item.stage, ())
        for name in FactsMixin.base_fields:
            if name in asked:
                self.fields[name].initial = getattr(project, name)
            else:
                del self.fields[name]

    def _ask(self, material: Material, papers: QuerySet[Document], known: int | None) -> None:
        may_lack = self.lacking and not material.is_key
        field = PaperField(
            label=material.label,
            queryset=Document.objects.none(),
            required=not may_lack,
            initial=known,
            help_text=material.hint_text,
            empty_label=_("— choose, or send a new file —"),
        )
        field.offer(papers)
        self.fields[f"paper_{material.pk}"] = field
        if may_lack:
            self.fields[f"pledge_{material.pk}"] = day(
                _("“%(material)s” will be brought by") % {"material": material.label},
                required=False,
                help_text=_("If you do not have it yet: it does not hold up the rest."),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.keep_known(cleaned, self.case.permit.project)
        self._check_builders(cleaned)
        for material in self.materials if self.lacking else ():
            paper, pledge = f"paper_{material.pk}", f"pledge_{material.pk}"
            if pledge not in self.fields or paper in self.errors or pledge in self.errors:
                continue
            if cleaned.get(paper):
                cleaned[pledge] = None
            elif not cleaned.get(pledge):
                self.add_error(paper, _("Choose a paper, or say below by when you will bring it."))
            else:
                self._check_pledge(pledge, cleaned[pledge])
        return cleaned

    def _check_builders(self, cleaned: dict[str, Any]) -> None:
        """What the total time ends with, the construction permit, wants all of them named."""
        for name in BUILDERS if self.case.permit.item.ends_total else ():
            if name in self.fields and not cleaned.get(name):
                self.add_error(name, _("Nobody may build before this is settled: say who it is."))

    def _check_pledge(self, name: str, on: date) -> None:
        try:
            check_pledge(on, self.now)
        except forms.ValidationError as error:
            self.add_error(name, error)

    def given(self) -> list[tuple[Material, Document | None, Any]]:
        """Each material with its paper, or the day by which it is pledged."""
        data = self.cleaned_data
        return [(m, data.get(f"paper_{m.pk}"), data.get(f"pledge_{m.pk}")) for m in self.materials]

    def recorded(self) -> dict[str, dict[str, Any]]:
        """By the names of the materials: the keys of fields mean nothing to a reader."""
        kept: dict[str, dict[str, Any]] = {"public": {}, "internal": {}}
        papers = [f"{m.name}: {d.title}" if d else f"{m.name}: {on}" for m, d, on in self.given() if d or on]
        if papers:
            kept["public"]["materials"] = papers
        if self.cleaned_data.get("commitment"):
            kept["public"]["commitment"] = True
        return kept


class AcceptForm(ActionForm):
    """Taking a permit in."""

    note = forms.CharField(
        label=_("Note for the department"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class CoHandlerForm(ActionForm):
    """Another department that answers for a part."""

    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.none())
    ask = forms.CharField(label=_("What is asked"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = Team.objects.filter(active=True).exclude(pk=self.case.team_id).order_by("kind", "name")
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]  # a model choice


class ReviewForm(ActionForm):
    """What the reviewer found; somebody else decides."""

    opinion = forms.CharField(
        label=_("Opinion of the review"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What was examined, and whether the conditions are met."),
    )


class DecisionForm(ActionForm):
    """Granting: what the decision rests on, and what has to be observed."""

    public_fields: ClassVar[tuple[str, ...]] = ("grounds",)

    grounds = forms.CharField(
        label=_("Grounds and conditions"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Printed on the certificate."),
    )


class RefusalForm(ActionForm):
    """不予许可: with reasons, and how to appeal (行政许可法 §38)."""

    public_fields: ClassVar[tuple[str, ...]] = ("grounds", "remedies")

    grounds = forms.CharField(label=_("Reasons"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    remedies = forms.CharField(
        label=_("How to appeal"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("To whom, and within what time."),
    )


class SupplyForm(ActionForm):
    """The paper that was pledged."""

    takes_files: ClassVar[bool] = True

    paper = PaperField(
        label=_("Paper"), queryset=Document.objects.none(), empty_label=_("— choose, or send a new file —")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["paper"]
        field.offer(offered_papers(self.case, self.actor))


class PledgeDayForm(ActionForm):
    """A new day for a paper that did not come."""

    public_fields: ClassVar[tuple[str, ...]] = ("due_on", "reason")

    due_on = day(_("New day"))
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def clean_due_on(self) -> date:
        due_on: date = self.cleaned_data["due_on"]
        check_pledge(due_on, self.now)
        return due_on


class PaperPledgeForm(ActionForm):
    """Which paper was pledged: never filled in by a person."""

    paper = forms.ModelChoiceField(queryset=PermitPaper.objects.select_related("material", "permit"))

    def recorded(self) -> dict[str, dict[str, Any]]:
        return {"public": {"material": self.cleaned_data["paper"].material.name}, "internal": {}}


class VerificationForm(ActionForm):
    """Whose commitment is verified: never filled in by a person."""

    permit = forms.ModelChoiceField(queryset=Permit.objects.all())

    def recorded(self) -> dict[str, dict[str, Any]]:
        return {"public": {}, "internal": {}}


class FindingForm(ActionForm):
    """What was found when a commitment was verified."""

    public_fields: ClassVar[tuple[str, ...]] = ("finding",)

    finding = forms.CharField(label=_("Finding"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class RevocationForm(ActionForm):
    """撤销: the decision falls, as what was promised was not kept."""

    public_fields: ClassVar[tuple[str, ...]] = ("why",)

    why = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

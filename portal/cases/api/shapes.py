"""The shapes of answers and requests, for the OpenAPI document. Nothing is serialized by them."""

# Fields of serializers may be called what serializers themselves have: DRF takes them out of the class.
# mypy: disable-error-code="assignment"

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from portal.api.schema import AnyValueField
from portal.cases.models import Document, Holder, Light
from portal.cases.models.supplements import ANSWER_MAX
from portal.worktime.api import DayMarkSerializer

Shape = serializers.Serializer[Any]
OWN_LABELS = {"comment": _("Message"), "attach": _("Add a paper")}  # a rating is called what its flow says
SUPPLYING = {
    "type": "object",
    "properties": {"document": {"type": "integer"}, "answer": {"type": "string", "maxLength": ANSWER_MAX}},
    "required": [],
    "additionalProperties": False,
    "description": "One of both at least. Or multipart/form-data with `file`, `document` and `answer`.",
}
ATTACHING = {
    "type": "object",
    "properties": {"document": {"type": "integer"}, "internal": {"type": "boolean"}},
    "required": ["document"],
    "additionalProperties": False,
    "description": "Or multipart/form-data with `file` and `internal`.",
}


class NamedSerializer(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField(allow_blank=True)


class CaseRowSerializer(Shape):
    """A case in a list."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    kind = serializers.CharField()
    kind_label = serializers.CharField()
    step = serializers.CharField()
    step_label = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    grade = serializers.CharField(allow_blank=True)
    urgent = serializers.BooleanField()
    sealed = serializers.BooleanField()
    confidential = serializers.BooleanField()
    holder = serializers.ChoiceField(choices=Holder.choices)
    outcome = serializers.CharField(allow_blank=True)
    light = serializers.ChoiceField(choices=Light.choices)
    version = serializers.IntegerField()
    opened_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    parent_id = serializers.IntegerField(allow_null=True)
    enterprise = NamedSerializer(allow_null=True)
    team = NamedSerializer()
    assignee = NamedSerializer(allow_null=True)


class CountsSerializer(Shape):
    """Open cases by tab of the queue."""

    mine = serializers.IntegerField()
    unclaimed = serializers.IntegerField()
    team = serializers.IntegerField()
    overdue = serializers.IntegerField()
    today = serializers.IntegerField()
    incoming = serializers.IntegerField()
    watched = serializers.IntegerField()


class CaseExplanationSerializer(Shape):
    """Why a deadline of the case is when it is."""

    what = serializers.CharField()
    sentence = serializers.CharField()
    provisional = serializers.BooleanField()
    days = DayMarkSerializer(many=True)


class ShareSerializer(Shape):
    """For how many working days one side has held the case."""

    holder = serializers.ChoiceField(choices=Holder.choices)
    label = serializers.CharField()
    working_days = serializers.CharField()


class ClockSerializer(Shape):
    """Until when, and why then."""

    headline = serializers.CharField()
    left = serializers.CharField()
    due_at = serializers.DateTimeField(allow_null=True)
    promise_due_at = serializers.DateTimeField(allow_null=True)
    warn_at = serializers.DateTimeField(allow_null=True)
    paused_at = serializers.DateTimeField(allow_null=True)
    working_days_used = serializers.CharField()
    days_elapsed = serializers.IntegerField()
    explanations = CaseExplanationSerializer(many=True)
    shares = ShareSerializer(many=True)


class StepSerializer(Shape):
    """One step on the line of steps."""

    label = serializers.CharField()
    state = serializers.ChoiceField(choices=["past", "now", "ahead"])


class FactSerializer(Shape):
    """One fact of the domain: its value, and the value in words."""

    name = serializers.CharField()
    label = serializers.CharField()
    value = AnyValueField()
    text = serializers.CharField(allow_blank=True)


class ActionSerializer(Shape):
    """Something that the caller may do now: POST to `href` what `schema` (JSON Schema) says."""

    name = serializers.CharField()
    sort = serializers.ChoiceField(choices=["transition", "operation", "comment", "rate", "attach", "supply"])
    label = serializers.CharField()
    says = serializers.CharField(allow_blank=True)
    primary = serializers.BooleanField()
    grave = serializers.BooleanField()
    blocked = serializers.CharField(allow_blank=True)
    needs_version = serializers.BooleanField()
    href = serializers.CharField()
    schema = serializers.DictField()


class EventSerializer(Shape):
    """One line of the timeline. `internal` is null for the enterprise."""

    id = serializers.IntegerField()
    seq = serializers.IntegerField()
    verb = serializers.CharField()
    what = serializers.CharField()
    actor = NamedSerializer(allow_null=True)
    at = serializers.DateTimeField()
    from_step = serializers.CharField(allow_null=True)
    to_step = serializers.CharField(allow_null=True)
    data = serializers.DictField()
    internal = serializers.DictField(allow_null=True)


class CommentSerializer(Shape):
    """A line of talk."""

    id = serializers.IntegerField()
    author = NamedSerializer()
    body = serializers.CharField()
    internal = serializers.BooleanField()
    from_enterprise = serializers.BooleanField()
    at = serializers.DateTimeField()


class DocumentSerializer(Shape):
    """A paper."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    original_name = serializers.CharField()
    content_type = serializers.CharField()
    size_bytes = serializers.IntegerField()
    sha256 = serializers.CharField()
    pages = serializers.IntegerField()
    valid_until_on = serializers.DateField(allow_null=True)
    scan_state = serializers.ChoiceField(choices=Document.Scan.choices)
    scanned_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()
    uploaded_at = serializers.DateTimeField()
    enterprise_id = serializers.IntegerField(allow_null=True)
    team_id = serializers.IntegerField(allow_null=True)
    file = serializers.CharField()


class AttachmentSerializer(Shape):
    """A paper in a case."""

    id = serializers.IntegerField()
    internal = serializers.BooleanField()
    attached_at = serializers.DateTimeField()
    document = DocumentSerializer()


class MissingItemSerializer(Shape):
    """One paper or statement that the case waits, or waited, for: by which paper or words it was answered.

    `dropped`: the clock was let run on without it. `fits` is the paper of the archive whose name is like
    it; `href` is where it can be supplied, null where this is not for the caller to do.
    """

    id = serializers.IntegerField()
    name = serializers.CharField()
    hint = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=["missing", "supplied", "dropped"])
    asked_at = serializers.DateTimeField()
    supplied_at = serializers.DateTimeField(allow_null=True)
    answer = serializers.CharField(allow_blank=True)
    document = DocumentSerializer(allow_null=True)
    fits = NamedSerializer(allow_null=True)
    href = serializers.CharField(allow_null=True)


class ChildSerializer(Shape):
    """A case below a case."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    kind = serializers.CharField()
    kind_label = serializers.CharField()
    step = serializers.CharField()
    team = NamedSerializer()
    light = serializers.ChoiceField(choices=Light.choices)


class HandoverSerializer(Shape):
    """A hand-over that waits for an answer."""

    to_team = NamedSerializer()
    reason = serializers.CharField()
    asked_at = serializers.DateTimeField()


class ExtensionSerializer(Shape):
    """An extension that waits for a decision."""

    days = serializers.IntegerField()
    reason = serializers.CharField()
    asked_at = serializers.DateTimeField()


class RatingSerializer(Shape):
    """How the enterprise rated the case: 5 is very satisfied. A review may have set it aside."""

    level = serializers.IntegerField()
    comment = serializers.CharField(allow_blank=True)
    rated_at = serializers.DateTimeField()
    counts = serializers.BooleanField()
    set_aside_why = serializers.CharField(allow_blank=True)


class CaseSerializer(CaseRowSerializer):
    """A case with its clock, its facts and what can be done now."""

    light_label = serializers.CharField()
    holder_label = serializers.CharField()
    grade_label = serializers.CharField(allow_blank=True)
    outcome_label = serializers.CharField(allow_blank=True)
    entered_at = serializers.DateTimeField()
    inside = serializers.BooleanField()
    clock = ClockSerializer()
    steps = StepSerializer(many=True)
    facts = FactSerializer(many=True)
    actions = ActionSerializer(many=True)
    timeline = EventSerializer(many=True)
    talk = CommentSerializer(many=True)
    papers = AttachmentSerializer(many=True)
    missing = MissingItemSerializer(many=True)
    children = ChildSerializer(many=True)
    handover = HandoverSerializer(allow_null=True)
    extension = ExtensionSerializer(allow_null=True)
    rating = RatingSerializer(allow_null=True)


class OpeningSerializer(Shape):
    """A new case: its kind, for whom, and the fields that the kind's form takes."""

    kind = serializers.CharField()
    enterprise = serializers.IntegerField(required=False, allow_null=True)
    fields = serializers.DictField(required=False)


class AttachingSerializer(Shape):
    """A paper of the archive for a case."""

    document = serializers.IntegerField()
    internal = serializers.BooleanField(required=False)


class AttachingFileSerializer(Shape):
    """A new file for a case, or a paper of the archive."""

    file = serializers.FileField(required=False)
    document = serializers.IntegerField(required=False)
    internal = serializers.BooleanField(required=False)


class SupplyingSerializer(Shape):
    """What a missing item is answered with: a paper of the archive, words, or both."""

    document = serializers.IntegerField(required=False)
    answer = serializers.CharField(required=False, max_length=ANSWER_MAX, allow_blank=True)


class SupplyingFileSerializer(SupplyingSerializer):
    """What a missing item is answered with: a new file, a paper of the archive, words."""

    file = serializers.FileField(required=False)


class UploadSerializer(Shape):
    """A new paper for the archive."""

    file = serializers.FileField()
    title = serializers.CharField(required=False, max_length=200, allow_blank=True)
    valid_until_on = serializers.DateField(required=False)


class CorrectionSerializer(Shape):
    """A paper's title and date of expiry; what is left out stays."""

    title = serializers.CharField(required=False, max_length=200)
    valid_until_on = serializers.DateField(required=False, allow_null=True)


class FormSerializer(Shape):
    """What is filled in: a JSON Schema."""

    schema = serializers.DictField()


class KindSerializer(Shape):
    """A kind of case, as its flow declares it."""

    kind = serializers.CharField()
    label = serializers.CharField()
    may_open = serializers.BooleanField()
    steps = serializers.ListField(child=serializers.DictField())
    transitions = serializers.ListField(child=serializers.DictField())


class KindListSerializer(Shape):
    """All kinds of case."""

    results = KindSerializer(many=True)


class FeedEventSerializer(EventSerializer):
    """An event, with the case that it belongs to."""

    case = serializers.DictField()


class ClaimedSerializer(Shape):
    """The case that was claimed, or null when nothing waits."""

    case = CaseSerializer(allow_null=True)

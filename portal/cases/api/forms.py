"""Parameters of addresses that no page has."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.api.paging import LARGEST_ID, PageForm


class KindForm(forms.Form):
    """For which enterprise a case would be opened."""

    enterprise = forms.IntegerField(label=_("Enterprise"), min_value=1, max_value=10**18 - 1, required=False)


class DocumentListForm(PageForm):
    """What papers can be filtered by."""

    enterprise = forms.IntegerField(label=_("Enterprise"), min_value=1, max_value=LARGEST_ID, required=False)


class FeedForm(forms.Form):
    """Where the feed goes on, and how much of it."""

    after = forms.CharField(label=_("The cursor of the last answer"), max_length=200, required=False)
    limit = forms.IntegerField(label=_("Events at most"), min_value=1, max_value=1000, required=False)

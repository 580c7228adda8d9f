"""What can be found by words."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Func

from portal.cases.models.case import Case


class SearchEntry(models.Model):
    """The words of one case, beside it so that no move of a case touches them.

    Kept by triggers on cases and enterprises (whoever writes them); the engine adds the text of the
    opening form. `subject` is the enterprise, `matter` number and title, `text` what was written.
    All are plain: small letters, digits and Chinese characters.
    """

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="search")
    opened_at = models.DateTimeField()
    subject = models.TextField()
    matter = models.TextField()
    text = models.TextField(default="")
    words = models.GeneratedField(
        expression=Func("subject", "matter", "text", function="cases_words"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        indexes: ClassVar = [
            GinIndex(fields=["words"], name="cases_search_words", opclasses=["tsvector_ops"]),
            # For words that many cases have: newest first, filtered on the way.
            models.Index(fields=["-opened_at", "-case"], name="cases_search_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}"

"""Finding cases by words."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.cases import search
from portal.cases.models import Case, SearchEntry
from portal.cases.views.search import find
from portal.park.models import Enterprise
from tests.pages.test_pages import browser
from tests.people import actor, at, file_request

pytestmark = pytest.mark.django_db


def found(park: SimpleNamespace, asked: str, who: str = "steward") -> list[str]:
    return [case.title for case in find(actor(getattr(park, who)), asked)]


def test_two_characters_find_title_enterprise_and_what_was_written(park: SimpleNamespace) -> None:
    file_request(park, title="车间停电", description="三号变压器跳闸")
    file_request(park, title="申请高企认定", description="需要辅导")
    assert found(park, "停电") == ["车间停电"]
    assert found(park, "压器") == ["车间停电"]
    assert sorted(found(park, "启明")) == ["申请高企认定", "车间停电"]
    assert found(park, "高企 启明") == ["申请高企认定"]
    assert found(park, "高企 停电") == []
    assert found(park, "认") == ["申请高企认定"]


def test_numbers_and_codes_are_found_from_their_beginning(park: SimpleNamespace) -> None:
    case = file_request(park, title="第一件")
    file_request(park, title="第二件")
    assert found(park, case.number) == ["第一件"]
    assert found(park, case.number.lower()) == ["第一件"]
    assert found(park, case.number.rpartition("-")[2]) == ["第一件"]
    assert len(found(park, park.ours.uscc[:8])) == 2
    assert found(park, "ＱＳ" + case.number[2:]) == ["第一件"]  # typed in full width


def test_pairs_from_different_places_are_not_a_word(park: SimpleNamespace) -> None:
    file_request(park, title="电力供应不足，力求解决")
    assert found(park, "电力求") == []
    assert found(park, "力供应") == ["电力供应不足，力求解决"]


def test_nobody_finds_what_is_not_theirs_to_see(park: SimpleNamespace) -> None:
    file_request(park, title="车间停电")
    assert found(park, "停电", "owner") == ["车间停电"]
    for stranger in ("rival", "other_steward", "handler", "administrator"):
        assert found(park, "停电", stranger) == []
    assert "车间停电" not in browser(park.rival).get("/search/", {"q": "停电"}).content.decode()
    assert "车间停电" in browser(park.owner).get("/search/", {"q": "停电"}).content.decode()


def test_a_renamed_enterprise_and_a_changed_title_are_found_under_the_new_name(park: SimpleNamespace) -> None:
    case = file_request(park, title="车间停电", description="急")
    Enterprise.objects.filter(pk=park.ours.pk).update(name="星河储能（示范）")
    Case.objects.filter(pk=case.pk).update(title="车间断水")
    assert found(park, "星河") == ["车间断水"]
    assert found(park, "启明") == []
    assert found(park, "停电") == []
    Case.objects.filter(pk=case.pk).update(enterprise=park.theirs)
    assert found(park, "云栖") == ["车间断水"]


def test_every_case_has_its_entry_however_it_was_written(park: SimpleNamespace) -> None:
    file_request(park)
    assert Case.objects.filter(search=None).count() == 0


def test_pages_walk_every_match_once_newest_first(park: SimpleNamespace) -> None:
    made = [file_request(park, at(f"2026-11-{day:02} 09:00")).pk for day in range(2, 14) for _ in range(6)]
    client = browser(park.steward)
    address, seen = "/search/?q=停电", []
    while address:
        page = client.get(address).content.decode()
        seen += [int(pk) for pk in re.findall(r'class="t" href="/cases/(\d+)/"', page)]
        later = re.search(r'href="(\?[^"]+)" rel="next"', page)
        address = "/search/" + later[1].replace("&amp;", "&") if later else ""
    assert seen == sorted(made, reverse=True)


@pytest.mark.parametrize(
    "asked", ["", "  ", "'", "a & | !", "':*", "\x00", "%_", "\\", "🙂", "x" * 500, "停" * 500]
)
def test_hostile_words_are_only_words(park: SimpleNamespace, asked: str) -> None:
    file_request(park)
    for address in ("/search/", "/work/"):
        assert browser(park.steward).get(address, {"q": asked, "view": "team"}).status_code == 200
    for mark in ("x", "2026-99-99T00:00,1", "2026-01-01T00:00:00,1", ",", f"{asked},{asked}"):
        assert browser(park.steward).get("/search/", {"q": "停电", "after": mark}).status_code == 200


def test_the_queue_is_searched_the_same_way(park: SimpleNamespace) -> None:
    file_request(park, title="车间停电")
    file_request(park, title="申请高企认定", description="需要辅导")
    page = browser(park.steward).get("/work/", {"view": "team", "q": "高企"}).content.decode()
    assert "申请高企认定" in page
    assert "车间停电" not in page


def test_the_index_serves_two_characters(park: SimpleNamespace) -> None:
    asked = search.words("停电")
    assert asked
    rows = SearchEntry.objects.filter(words__has_words=asked.query)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "cases_search_words" in rows.explain()


def words_of(plain: str) -> set[str]:
    """What is kept of a plain text: runs of letters and digits, neighbouring Chinese, the last of a run alone."""
    runs = re.findall(r"[^a-z0-9 ]+", plain)
    pairs = {run[n : n + 2] for run in runs for n in range(len(run))}
    return pairs | set(re.findall(r"[a-z0-9]+", plain))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(alphabet=st.sampled_from("停电高企云栖 ，-Aa1９ｋⅧ（"), min_size=1, max_size=20),
    start=st.integers(0, 18),
    length=st.integers(2, 6),
)
def test_every_piece_of_a_text_finds_it(text: str, start: int, length: int, park: SimpleNamespace) -> None:
    """The words that Python asks for are those that the database has kept: any Chinese piece, any whole run."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT cases_words(cases_plain(%s), '', '')::text, cases_plain(%s)", [text, text])
        kept, plain = cursor.fetchone()
        cursor.execute("SELECT tsvector_to_array(%s::tsvector)", [kept])
        assert set(cursor.fetchone()[0]) == words_of(plain)
        pieces = re.findall(r"[a-z0-9]+", plain)
        pieces += [run[start % len(run) :][:length] for run in re.findall(r"[^a-z0-9 ]+", plain)]
        for piece in pieces:
            asked = search.words(piece)
            assert asked
            cursor.execute("SELECT %s::tsvector @@ %s::tsquery", [kept, asked.query])
            assert cursor.fetchone()[0], (text, piece, kept, asked.query)

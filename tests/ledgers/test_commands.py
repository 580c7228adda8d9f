"""The ledger commands as a person at a console meets them."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from portal.park.models import Team

TEAMS = "code,name,kind\na,甲,station\nb,乙,starship\n"


@pytest.mark.django_db
def test_a_refused_file_ends_with_an_error_and_says_where(tmp_path: Path) -> None:
    (tmp_path / "teams.csv").write_text(TEAMS, encoding="utf-8")
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("import_ledgers", tmp_path, stdout=out, stderr=err)
    assert ended.value.code == 1
    assert "teams.csv, row 3, kind = 'starship'" in err.getvalue()
    assert "Nothing was written" in err.getvalue()
    assert out.getvalue().splitlines()[1].split() == ["teams", "2", "1", "0", "0", "1"]
    assert not Team.objects.exists()


@pytest.mark.django_db
def test_good_rows_and_dry_runs_are_asked_for(tmp_path: Path) -> None:
    (tmp_path / "teams.csv").write_text(TEAMS, encoding="utf-8")
    call_command("import_ledgers", tmp_path, good_rows=True, stdout=StringIO(), stderr=StringIO())
    assert list(Team.objects.values_list("code", flat=True)) == ["a"]
    (tmp_path / "teams.csv").write_text("code,name,kind\nc,丙,station\n", encoding="utf-8")
    out = StringIO()
    call_command("import_ledgers", tmp_path, dry_run=True, stdout=out)
    assert "nothing was written" in out.getvalue()
    assert Team.objects.count() == 1


@pytest.mark.django_db
def test_one_ledger_is_given_out_by_name(tmp_path: Path) -> None:
    Team.objects.create(code="a", name="甲", kind="station")
    call_command("export_ledgers", tmp_path, ledger=["teams"], stdout=StringIO())
    assert [file.name for file in tmp_path.iterdir()] == ["teams.csv"]
    with pytest.raises(CommandError, match="no such ledger: cats"):
        call_command("export_ledgers", tmp_path, ledger=["cats"])

"""The import contracts of pyproject.toml hold something: a planted violation of each is caught."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
# Contract → one file, and the line that breaks this contract (others may break along).
PLANTS = {
    "The floors of the kernel: each imports only what lies below": (
        "portal/worktime/clock.py",
        "from portal.cases import engine",
    ),
    "The kernel imports no domain app": ("portal/cases/queue.py", "import stations.models"),
    "Domain apps do not know each other": ("funds/apps.py", "import stations.models"),
    "Every domain app has the same rooms, and no others": ("funds/utils.py", "ONE = 1"),
    "The engine has one door: portal.cases.engine": (
        "stations/views.py",
        "from portal.cases.engine import core",
    ),
    "Only moves write the timeline; the register reads it": (
        "stations/actions.py",
        "from portal.cases import timeline",
    ),
    "History from ledgers is the one way past the engine": (
        "stations/views.py",
        "from portal.cases import importing",
    ),
    "Notices leave through the outbox of a move or the sweep": (
        "stations/actions.py",
        "from portal.notices import outbox",
    ),
    "Rules know no pages": ("stations/actions.py", "import stations.views"),
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the packages, with the contracts."""
    for name in ("portal", "approvals", "funds", "stations", "investment"):
        for path in (ROOT / name).rglob("*.py"):
            target = tmp_path / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(tree: Path) -> tuple[int, str]:
    done = subprocess.run(LINT, cwd=tree, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_each_contract_has_a_violation_to_be_caught() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert {contract["name"] for contract in declared} == set(PLANTS)


def test_the_tree_as_it_is_keeps_every_contract(tree: Path) -> None:
    code, said = lint(tree)
    assert code == 0, said


@pytest.mark.parametrize("contract", PLANTS)
def test_a_planted_violation_is_caught(tree: Path, contract: str) -> None:
    file, line = PLANTS[contract]
    path = tree / file
    path.write_text(f"{path.read_text() if path.exists() else ''}\n{line}\n")
    code, said = lint(tree)
    assert code == 1
    assert f"{contract} BROKEN" in said


def test_a_room_may_not_look_up_the_stairs(tree: Path) -> None:
    """Within a domain app: models know neither flow nor forms."""
    path = tree / "stations/models.py"
    path.write_text(f"{path.read_text()}\nfrom stations import flow\n")
    code, said = lint(tree)
    assert code == 1
    assert "Every domain app has the same rooms, and no others BROKEN" in said

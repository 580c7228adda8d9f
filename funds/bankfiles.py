"""Files that go to the bank and come back: layouts as the agent bank takes them. no database.

A layout writes orders as bytes; answers are read by the names of their columns. Amounts in yuan.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from portal.cases.errors import Refused
from portal.ledgers.archives import BadFile
from portal.ledgers.reading import opened

MOST_ANSWERS = 100_000
PAID, RETURNED = ("成功", "paid", "success"), ("失败", "退票", "returned", "failed")


@dataclass(frozen=True)
class Order:
    """One payment as the bank is told."""

    reference: str
    holder: str
    bank: str
    account_number: str
    amount: Decimal
    purpose: str


@dataclass(frozen=True)
class Answer:
    """One payment as the bank tells what became of it. `outcome`: paid or returned."""

    reference_of_order: str
    account_number: str
    amount: Decimal
    outcome: str
    on: date
    reference: str = ""
    why: str = ""


ORDER_HEAD = ("序号", "业务编号", "收款人", "开户行", "收款账号", "金额", "用途")
ANSWER_HEAD = ("业务编号", "收款账号", "金额", "结果", "日期", "流水号", "原因")
NEEDED = ANSWER_HEAD[:5]


@dataclass(frozen=True)
class Layout:
    """How the file of a bank looks."""

    suffix: str
    content_type: str
    write: Callable[[Sequence[Order]], bytes]


def _csv(orders: Sequence[Order]) -> bytes:
    """UTF-8 with a mark at the beginning; no text begins a formula, no number of an account is rounded."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(ORDER_HEAD)
    for n, order in enumerate(orders, start=1):
        cells = (order.reference, order.holder, order.bank)
        told = (f"\t{order.account_number}", f"{order.amount:.2f}", _plain(order.purpose))
        rows.writerow([n, *map(_plain, cells), *told])
    return out.getvalue().encode("utf-8-sig")


def _xlsx(orders: Sequence[Order]) -> bytes:
    import xlsxwriter  # large: only when one is written

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    sheet, amount = book.add_worksheet("支付"), book.add_format({"num_format": "#,##0.00"})
    sheet.set_column(0, len(ORDER_HEAD) - 1, 20)
    for place, title in enumerate(ORDER_HEAD):
        sheet.write_string(0, place, title)
    for n, o in enumerate(orders, start=1):
        sheet.write_number(n, 0, n)
        for place, text in enumerate((o.reference, o.holder, o.bank, o.account_number), start=1):
            sheet.write_string(n, place, text)
        sheet.write_number(n, 5, o.amount, amount)
        sheet.write_string(n, 6, o.purpose)
    book.close()
    return out.getvalue()


LAYOUTS = {
    "csv": Layout("csv", "text/csv", _csv),
    "xlsx": Layout("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _xlsx),
}


def read_answers(content: bytes) -> list[Answer]:
    """What a bank has sent back, as CSV or workbook. Raises Refused for what is no such file."""
    suffix = ".xlsx" if content[:2] == b"PK" else ".csv"
    with tempfile.NamedTemporaryFile(suffix=suffix) as kept:
        kept.write(content)
        kept.flush()
        try:
            with opened(Path(kept.name)) as sheets:
                return _answers(list(islice(sheets[0].lines(), MOST_ANSWERS + 2)) if sheets else [])
        except BadFile as error:
            raise Refused(str(error.reason)) from error


def _plain(text: str) -> str:
    return f"'{text}" if text[:1] in "=+-@" else text


def _answers(rows: list[tuple[int, Sequence[Any]]]) -> list[Answer]:
    head = [str(cell or "").strip() for cell in rows[0][1]] if rows else []
    if any(name not in head for name in NEEDED):
        told = {"columns": "、".join(ANSWER_HEAD)}
        raise Refused(_("This is no answer of the bank: its first row names %(columns)s.") % told)
    if len(rows) > MOST_ANSWERS + 1:
        raise Refused(_("More than %(n)s lines.") % {"n": MOST_ANSWERS})
    places = {name: head.index(name) for name in ANSWER_HEAD if name in head}
    return [_answer(n, cells, places) for n, cells in rows[1:] if any(str(c or "").strip() for c in cells)]


def _answer(n: int, cells: Sequence[Any], places: dict[str, int]) -> Answer:
    def cell(name: str) -> str:
        at = places.get(name)
        found = cells[at] if at is not None and at < len(cells) else None
        return str(found if found is not None else "").replace("\0", "").strip()

    said = cell("结果").lower()
    outcome = "paid" if said in PAID else "returned" if said in RETURNED else ""
    try:
        amount, on = Decimal(cell("金额").replace(",", "")), date.fromisoformat(cell("日期")[:10])
    except (InvalidOperation, ValueError):
        outcome = ""
    if not outcome or not amount.is_finite():
        told = {"n": n}
        raise Refused(_("Row %(n)s cannot be read: amount, result and day (YYYY-MM-DD) are needed.") % told)
    why = (cell("原因") or _("no reason given")) if outcome == "returned" else ""
    return Answer(cell("业务编号").lstrip("'"), cell("收款账号"), amount, outcome, on, cell("流水号"), why)

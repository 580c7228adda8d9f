"""The two screenshots of the README: `python -m tests.pictures [address]`, with the demonstration park running."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).resolve().parents[1] / "portal/static/portal/pictures"
PICTURES = (
    ("queue", "jinrong.steward", "/work/?view=team", 1280, 800),
    ("phone", "owner", "/", 390, 780),
)


def main(address: str, password: str = "demo-park-2024") -> None:
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, user, path, width, height in PICTURES:
            page = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN").new_page()
            page.goto(f"{address}/accounts/sign-in/")
            page.fill("[name=username]", user)
            page.fill("[name=password]", password)
            page.click("button.first")
            page.goto(address + path)
            page.screenshot(path=str(FOLDER / f"{name}.png"))
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000")

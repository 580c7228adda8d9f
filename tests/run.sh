#!/usr/bin/env bash
# Every check of the portal, in the order in which a mistake is found fastest. Called by `make test`.
set -euo pipefail
export PATH="$PWD/.venv/bin:$PATH" PORTAL_TESTING=1
SOURCES="portal approvals funds stations investment tests manage.py"

need_browser() {
  command -v chromium >/dev/null && [ -n "$(fc-list :lang=zh 2>/dev/null | head -1)" ] && return
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && apt-get install -y -qq chromium fonts-noto-cjk fontconfig >/dev/null
  else
    echo "make test needs Chromium and a Chinese font: install the packages chromium and fonts-noto-cjk." >&2
    exit 1
  fi
}

need_browser
ruff check $SOURCES
ruff format --check $SOURCES
python manage.py makemigrations --check --dry-run
python manage.py check
# mypy reads the settings but connects to nothing.
DATABASE_URL=postgres://nowhere/x REDIS_URL=redis://nowhere SECRET_KEY=types mypy portal approvals funds stations investment manage.py
lint-imports
djlint templates --check --quiet && djlint templates --lint --quiet
if [ -n "${ONLY:-}" ]; then
  exec python -m pytest -n 2 "$ONLY"
fi
exec python -m pytest -n 2 --cov --cov-report=term:skip-covered --cov-fail-under=90

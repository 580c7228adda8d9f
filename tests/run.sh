#!/usr/bin/env bash
# Every check of the portal, in the order in which a mistake is found fastest. Called by `make test`.
set -euo pipefail
export PATH="$PWD/.venv/bin:$PATH" PORTAL_TESTING=1
SOURCES="portal approvals funds stations investment tests manage.py"

has_browser() {
  { command -v chromium || command -v chromium-browser; } >/dev/null && [ -n "$(fc-list :lang=zh 2>/dev/null | head -1)" ]
}

need_browser() {
  has_browser && return
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    for _try in 1 2 3; do
      apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk fontconfig >/dev/null && return
      sleep 5
    done
  fi
  echo "make test needs Chromium and a Chinese font: install the packages chromium, fonts-noto-cjk and fontconfig." >&2
  exit 1
}

# Servers that were not there before are ended again, unless a `make run` has come to use them meanwhile.
leave_as_found() {
  if ! flock --nonblock var/run.lock true; then return; fi
  python manage.py stopservices
}

# The types take as long as all the other checks together, so they are looked at beside them. mypy reads the
# settings but connects to nothing.
look_at_types() {
  exec env DATABASE_URL=postgres://nowhere/x REDIS_URL=redis://nowhere SECRET_KEY=types \
    mypy portal approvals funds stations investment manage.py
}

at_the_end() {
  jobs -p | xargs -r kill 2>/dev/null || true
  rm -f "$types_said"
  if [ -n "${started:-}" ]; then leave_as_found; fi
}

need_browser
types_said=$(mktemp)
trap at_the_end EXIT
look_at_types >"$types_said" 2>&1 & types=$!
ruff check $SOURCES
ruff format --check $SOURCES
lint-imports
djlint templates --check --quiet || { djlint templates --check; exit 1; }
djlint templates --lint --quiet
python -m portal.embedded || started=yes
DJANGO_SETTINGS_MODULE=portal.settings python -m tests.template
python manage.py makemigrations --check --dry-run
python manage.py check
HTTPS_ONLY=1 python manage.py check --deploy --tag security --fail-level WARNING
wait "$types" || { cat "$types_said"; exit 1; }
cat "$types_said"
if [ -n "${ONLY:-}" ]; then
  python -m pytest -n 2 "$ONLY"
else
  python -m pytest -n 2 --durations=30 --cov --cov-report=term:skip-covered --cov-fail-under=90
fi

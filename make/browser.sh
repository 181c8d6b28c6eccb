#!/bin/sh
# Installs a Chromium for the browser journeys: the distribution's package where we may, else by Playwright.
set -eu

python=.venv/bin/python
find_one() { "$python" -c 'import sys; sys.path.insert(0, "."); from tests.chromium import find; print(find() or "")'; }

found=$(find_one)
if [ -n "$found" ]; then
    echo "Chromium is there: $found"
    exit 0
fi

log=$(mktemp "${TMPDIR:-/tmp}/newsstand-browser.XXXXXX")
trap 'rm -f "$log"' EXIT

as_root=
may_install=yes
if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then as_root="sudo -n"; else may_install=no; fi
fi

if [ "$may_install" = yes ]; then
    for manager in apt-get dnf pacman apk; do
        command -v "$manager" >/dev/null || continue
        echo "Installing Chromium with $manager …"
        case $manager in
            apt-get) set -- sh -c "apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium-browser" ;;
            dnf) set -- dnf install -y -q chromium ;;
            pacman) set -- pacman -S --noconfirm --needed chromium ;;
            apk) set -- apk add --quiet chromium ;;
        esac
        # shellcheck disable=SC2086
        $as_root "$@" >"$log" 2>&1 || tail -n 3 "$log" >&2
        break
    done
fi
if [ -z "$(find_one)" ]; then
    echo "Installing Chromium with Playwright …"
    "$python" -m playwright install chromium >"$log" 2>&1 || tail -n 3 "$log" >&2
fi

found=$(find_one)
if [ -z "$found" ]; then
    echo "No Chromium could be installed: please install your system's package chromium, or name one in CHROMIUM." >&2
    exit 1
fi
echo "Chromium is there: $found"

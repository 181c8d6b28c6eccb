#!/bin/sh
# Makes .venv for a purpose, `run` or `dev`, from the locked files; does nothing when it is up to date.
#
# A .venv that was never finished carries the file `unfinished` and is taken away: at once when the making
# fails or is interrupted, and at the next start when the power went. One that somebody else made is kept.
set -eu

purpose=$1
venv=.venv
stamp=$venv/newsstand-$purpose
unfinished=$venv/newsstand-unfinished

say() { printf '%s\n' "$*"; }
fail() {
    say "$*" >&2
    exit 1
}

case $purpose in
    run) locks="requirements/run.txt" ;;
    dev) locks="requirements/run.txt requirements/postgres.txt requirements/dev.txt" ;;
    *) fail "make/venv.sh takes run or dev, not '$purpose'." ;;
esac

# What .venv was made from. The place is part of it, because commands in .venv name their Python by its full path.
# shellcheck disable=SC2086
wanted="$PWD $(cat pyproject.toml $locks | cksum)"

if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && "$venv/bin/python" -c '' 2>/dev/null; then
    exit 0
fi

fits='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, int(sys.argv[1])))'
find_python() {
    # First the versions that the suite is run with (3.11 to 3.13), then a newer one.
    for newest in 13 99; do
        for name in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
            if "$name" -c "$fits" "$newest" 2>/dev/null; then
                say "$name"
                return
            fi
        done
    done
}

python=$(find_python)
if [ -z "$python" ]; then
    found=$(${PYTHON:-python3} -V 2>/dev/null || say "no python3 at all")
    fail "Newsstand needs Python 3.11 or newer, and this machine has $found: please install a newer one."
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    version=$("$python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
    fail "$python has no venv module: please install the package python3-venv (or $version-venv), then try again."
fi

unwritable="The directory $PWD cannot be written to: please clone Newsstand to a place that is yours."
[ -w . ] && { [ ! -e "$venv" ] || [ -w "$venv" ]; } || fail "$unwritable"

fresh=no
if [ -e "$unfinished" ] || { [ -e "$stamp" ] && [ "$(cut -d ' ' -f 1 "$stamp")" != "$PWD" ]; } ||
    { [ -e "$venv" ] && ! "$venv/bin/python" -c "$fits" 99 2>/dev/null; }; then
    rm -rf "$venv" 2>/dev/null || fail "$unwritable"
fi
if [ ! -e "$venv" ]; then
    mkdir "$venv" 2>/dev/null && : >"$unfinished" || fail "$unwritable"
    fresh=yes
fi

log=$(mktemp "${TMPDIR:-/tmp}/newsstand-venv.XXXXXX")
clean_up() {
    rm -f "$log"
    [ "$fresh" = no ] || [ ! -e "$unfinished" ] || rm -rf "$venv"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

quietly() {
    what=$1
    shift
    "$@" >"$log" 2>&1 || {
        tail -n 5 "$log" >&2
        fail "$what failed, for the reason above; nothing half made was kept."
    }
}

if [ "$fresh" = yes ]; then
    say "Making .venv with $("$python" -V) …"
    quietly "Making .venv" "$python" -m venv "$venv"
fi
pip="$venv/bin/python -m pip --quiet --disable-pip-version-check --no-input install --progress-bar off"
say "Installing the locked dependencies (a minute or two, once) …"
# shellcheck disable=SC2046,SC2086
quietly "Installing the dependencies" $pip --require-hashes --only-binary :all: $(printf ' -r %s' $locks)
say "Installing Newsstand itself …"
# shellcheck disable=SC2086
quietly "Installing Newsstand" $pip --no-deps --no-build-isolation --editable .
say "$wanted" >"$stamp"
[ "$purpose" = run ] || say "$PWD $(cat pyproject.toml requirements/run.txt | cksum)" >"$venv/newsstand-run"
rm -f "$unfinished"

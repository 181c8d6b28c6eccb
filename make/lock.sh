#!/bin/sh
# Locks every dependency with its hashes: one file per purpose, for Python 3.11 and newer on every system.
# Only wheels are taken, and no line tells where they came from, so the files work with any package index.
set -eu
command -v uv >/dev/null || { echo "make lock needs the program uv, which is not installed." >&2; exit 1; }

lock() {
    target=$1
    shift
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-build \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
        ${UPGRADE:+--upgrade} --output-file "$target" "$@"
    echo "locked $target"
}

lock requirements/run.txt pyproject.toml requirements/build.in
lock requirements/postgres.txt requirements/postgres.in
lock requirements/dev.txt requirements/dev.in

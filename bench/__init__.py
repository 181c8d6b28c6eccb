"""The measurements. `make bench` runs `python -m bench`; docs/performance.md says how to read it."""

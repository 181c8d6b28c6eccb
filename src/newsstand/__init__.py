"""Newsstand: software for an independent newsroom that lives from its readers."""

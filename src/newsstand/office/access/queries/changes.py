"""What a change of the access rules was, as staff know its fields and values."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from newsstand.office.access.models import AccessPolicy
from newsstand.office.access.queries.archive import RuleNames, rule_words, shown
from newsstand.office.access.queries.policy import level_rules, publication


def changes_in_words(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, names: RuleNames
) -> list[tuple[str, str, str]]:
    """Each field that a row of the audit log changed, with its old and its new value: empty for none."""
    old, new = before or {}, after or {}
    return [
        (_label(name), _value(name, old.get(name), names), _value(name, new[name], names))
        for name in sorted(new)
        if old.get(name) != new[name]
    ]


def _label(name: str) -> str:
    """The field's name in the form; one that the form has no more keeps its own."""
    known = {field.name: str(field.verbose_name) for field in AccessPolicy._meta.concrete_fields}
    return str(capfirst(known.get(name, name)))


def _value(name: str, value: Any, names: RuleNames) -> str:
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "rules":
        return "; ".join(
            f"{rule_words(rule, names)}: {rule.level.value}"
            for rule in level_rules(AccessPolicy(rules=json.dumps(value)))
        )
    if name == "open_until":
        return shown(datetime.fromisoformat(str(value)), publication().zone)
    if name == "open_section":
        return names.of("section", str(value))
    chosen = {field.name: dict(field.flatchoices) for field in AccessPolicy._meta.concrete_fields}
    return str(chosen.get(name, {}).get(value, value))

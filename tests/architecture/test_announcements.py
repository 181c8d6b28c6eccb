"""News goes up by announcement alone: signals are made in `signals.py` and heard in `receivers.py`."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.house import OFFICE, python_files

MAY_MAKE = {"signals.py"}
MAY_HEAR = {"receivers.py", "apps.py"}


def calls(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """The last name and the line of everything that is called or used as a decorator."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            yield name, node.lineno


def misplaced(path: Path, text: str) -> list[str]:
    """Where a file makes or hears a signal and should not."""
    found = []
    for name, line in calls(ast.parse(text)):
        makes = name in {"Signal", "ModelSignal"} and path.name not in MAY_MAKE
        hears = name in {"receiver", "connect"} and path.name not in MAY_HEAR
        if makes or hears:
            found.append(f"{path}:{line} {name}")
    return found


def test_signals_stand_in_their_files() -> None:
    office = [path for path in python_files() if path.is_relative_to(OFFICE)]
    found = [
        place for path in office for place in misplaced(path.relative_to(OFFICE), path.read_text("utf-8"))
    ]
    assert found == []


def test_a_misplaced_signal_is_seen() -> None:
    text = "changed = Signal()\n\n@receiver(changed)\ndef hear(): ...\n\nchanged.connect(hear)\n"
    assert len(misplaced(Path("billing/actions.py"), text)) == 3
    assert misplaced(Path("billing/signals.py"), "changed = Signal()") == []

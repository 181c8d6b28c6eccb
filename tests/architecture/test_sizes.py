"""Functions and files stay short enough to be read at one sitting."""

import ast
from pathlib import Path

from tests.architecture.house import ROOT, python_files

LINES_OF_A_FILE = 500
LINES_OF_A_FUNCTION = 60


def long_functions(path: Path) -> list[str]:
    """The functions of a file that are too long, docstrings not counted."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
            lines = (node.end_lineno or node.lineno) - first.lineno + 1
            if lines > LINES_OF_A_FUNCTION:
                found.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {lines} lines")
    return found


def test_functions_are_short() -> None:
    assert [found for path in python_files() for found in long_functions(path)] == []


def test_files_are_short() -> None:
    lengths = {path.relative_to(ROOT): len(path.read_text("utf-8").splitlines()) for path in python_files()}
    assert {str(path): lines for path, lines in lengths.items() if lines > LINES_OF_A_FILE} == {}

"""What is wrong in a file, and where."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """A sentence about one line of a file; lines count from 1."""

    line: int
    reason: str


class FileRefused(Exception):
    """A file cannot be published; `problems` say why, in the order of their lines."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(f"{problem.line}: {problem.reason}" for problem in problems))
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))


_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def unprintable(text: str) -> re.Match[str] | None:
    """The first control character that no page, feed or database can hold; None if there is none."""
    return _UNPRINTABLE.search(text)

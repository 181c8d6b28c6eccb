"""What is wrong in a file, and where."""

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

"""Where a course's files lie, and the one exception that ends a command.

The project holds what is taught (`solutions/`, `build/`, `course/`), the root what learners hand in and what
they got for it (`submitted/`, `attempts/`, `autograded/`, `feedback/`, `gradebook.db`). They are the same folder, except in
the demo and in tests, which take the project's lessons and keep their gradebook elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class Refused(Exception):
    """What was asked cannot be done; each line says where, why, and the mend."""


@dataclass(frozen=True)
class Course:
    project: Path
    root: Path

    @classmethod
    def here(cls) -> Course:
        """The course of the working directory: the nearest folder upward with `nbgrader_config.py` and `solutions/`."""
        start = Path.cwd()
        for folder in (start, *start.parents):
            if (folder / "nbgrader_config.py").is_file() and (folder / "solutions").is_dir():
                return cls(folder, folder)
        raise Refused(
            f"{start}: no course here (no nbgrader_config.py beside a solutions/ folder); change into the course's folder"
        )

    @property
    def solutions(self) -> Path:
        return self.project / "solutions"

    @property
    def source(self) -> Path:
        """nbgrader's source directory: the lessons as notebooks, solutions included."""
        return self.project / "build" / "source"

    @property
    def release(self) -> Path:
        """nbgrader's release directory: the learner's notebooks."""
        return self.project / "course"

    @property
    def submitted(self) -> Path:
        return self.root / "submitted"

    @property
    def attempts(self) -> Path:
        """All that was ever handed in; `submitted` holds what counts."""
        return self.root / "attempts"

    @property
    def autograded(self) -> Path:
        return self.root / "autograded"

    @property
    def feedback(self) -> Path:
        return self.root / "feedback"

    @property
    def scratch(self) -> Path:
        """Logs and quarantined files."""
        return self.root / "build"

    def lessons(self) -> list[str]:
        """The names of all lessons, in order."""
        return sorted(p.parent.name for p in self.solutions.glob("*/*.md") if p.stem == p.parent.name)

    def lesson(self, name: str) -> str:
        """The lesson meant by its name, its number, or the beginning of either."""
        lessons = self.lessons()
        found = [lesson for lesson in lessons if lesson == name] or [
            lesson for lesson in lessons if lesson.startswith(name)
        ]
        if len(found) != 1:
            why = "several lessons begin so" if found else "there is no such lesson"
            raise Refused(f"{name}: {why}; the lessons are {', '.join(found or lessons) or 'none yet'}")
        return found[0]

    def notebooks(self, lesson: str) -> list[str]:
        """The names of a lesson's notebooks: its own, and what else is written beside it."""
        return sorted(path.stem for path in (self.solutions / lesson).glob("*.md"))

    def released(self, lesson: str) -> dict[str, Path]:
        """Notebook → where its learner's version lies."""
        return {name: self.release / lesson / f"{name}.ipynb" for name in self.notebooks(lesson)}

    def submissions(self, lesson: str) -> dict[str, Path]:
        """Student → the folder handed in for a lesson."""
        folders = sorted(self.submitted.glob(f"*/{lesson}")) if self.submitted.is_dir() else []
        return {folder.parent.name: folder for folder in folders if not folder.parent.name.startswith(".")}

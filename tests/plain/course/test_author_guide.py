"""The walk through of docs/author.md is real: its files, as they stand there, make an exercise that passes its tests."""

import importlib.util
import re
import sys
from pathlib import Path

import pytest

from autograder import answers, build, lesson
from autograder.course import Course
from autograder.exercise import PUBLIC_SEED, Seen

GUIDE = Path(__file__).parents[3] / "docs" / "author.md"
BLOCK = re.compile(r"^`([\w/.-]+)`:\n\n````\w+\n(.*?)\n````$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def walked(tmp_path, monkeypatch):
    """The guide's lesson in a course of its own; its judge and its probe where those of a real lesson are."""
    for path, text in BLOCK.findall(GUIDE.read_text(encoding="utf-8")):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text + "\n", encoding="utf-8")
    for half in ("judges", "probes"):
        [file] = (tmp_path / "autograder" / half).glob("lesson_*.py")
        name = f"autograder.{half}.{file.stem}"
        spec = importlib.util.spec_from_file_location(name, file)
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, name, module)
        spec.loader.exec_module(module)
    return tmp_path


def test_the_guides_exercise_holds_what_the_guide_says(walked):
    [source] = walked.glob("solutions/*/*.md")
    written = lesson.read(source)
    course = Course(walked, walked)
    assert [path.name for path in build.build(course, [])] == [f"{source.stem}.ipynb"]

    known = answers.of(written)
    assert len([a for a in known if a.kind == "right"]) >= 3 and len([a for a in known if a.kind == "wrong"]) >= 8
    for seed in (PUBLIC_SEED, 1, 2, 3):
        for answer in known:
            report = answers.report_on(
                answer.exercise, answers.run_answer(written, answer.exercise, answer.source), seed
            )
            found = {mistake.id: mistake.observed for mistake in report.mistakes}
            assert report.score == (report.points if answer.kind == "right" else answer.score), str(answer)
            assert answer.kind == "right" or answer.finding in found, str(answer)
            if answer.kind == "wrong" and seed == PUBLIC_SEED:
                assert answer.observed in found[answer.finding]

    name = known[0].exercise
    exercise = sys.modules[f"autograder.judges.lesson_{name[:2]}"].EXERCISES[name]
    cases = exercise.draw(1)
    assert exercise.judge(cases, [Seen() for _ in cases]).score == 0


def test_every_path_that_the_guide_names_is_there():
    text = GUIDE.read_text(encoding="utf-8")
    named = re.findall(r"`((?:plain|kernel|browser)/[\w/]+\.py)`", text)
    assert len(named) >= 6
    assert [path for path in named if not (GUIDE.parents[1] / "tests" / path).is_file()] == []

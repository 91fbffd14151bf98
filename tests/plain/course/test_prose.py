"""What the lessons and guides say of themselves and of one another: references, links, times, words."""

import math
import re
from functools import cache
from pathlib import Path

import pytest

from autograder.exercise import load

ROOT = Path(__file__).resolve().parents[3]
LESSONS = sorted(p for p in (ROOT / "solutions").glob("*/*.md") if p.stem == p.parent.name)
GUIDES = [ROOT / "README.md", ROOT / "tests" / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
each_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda p: p.stem)

# `### Exercise: …`, the line that says what it takes, and all up to the next heading.
TASK = re.compile(
    r"^### (?:Exercise|Predict): .+\n\n\*(?P<minutes>\d+) minutes, (?:(?P<difficulty>\w+), )?(?P<points>\d+) points"
    r"(?P<rest>.*)\*\n(?P<body>(?:(?!##).*\n)*)",
    re.MULTILINE,
)
HOURS = {"½": 0.5, "": 0.0}


@cache
def prose(path):
    """A text without its code."""
    return re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def headings(path):
    return re.findall(r"^#{1,3} (.+)$", prose(path), re.MULTILINE)


def tasks(path):
    return list(TASK.finditer(path.read_text(encoding="utf-8")))


def by_number(number):
    return next((p for p in LESSONS if p.stem.startswith(f"{int(number):02}-")), None)


def glossary(path):
    """English → (Korean, meaning)."""
    table = prose(path).partition("\n## Words\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \| (.+?) \| (.*?) ?\|$", table, re.MULTILINE)
    assert rows[0] == ("English", "한국어", "meaning")
    return {english: (korean, meaning) for english, korean, meaning in rows[1:] if not english.startswith("-")}


@each_lesson
def test_a_lesson_has_the_parts_that_all_have(path):
    text = prose(path)
    assert text.index("**After this lesson you can**") < text.index("**Time:**") < text.index("**You need:**")
    sections = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert sections[-4:] == ["Summary", "Words", "The same elsewhere", "Onward"]
    assert f"# {int(path.stem[:2])} " in text


@each_lesson
def test_an_exercise_says_of_itself_what_its_judge_says(path):
    source, found = path.read_text(encoding="utf-8"), tasks(path)
    assert len(found) == len(re.findall(r"^### (?:Exercise|Predict): ", source, re.MULTILINE)) > 0
    for task in found:
        if check := re.search(r"^:check: (\S+)$", task["body"], re.MULTILINE):
            judge = load(check[1])
            said = (int(task["minutes"]), task["difficulty"], int(task["points"]))
            assert said == (judge.minutes, judge.difficulty, judge.points), check[1]
            assert judge.section in headings(path), check[1]
        else:
            assert f'"points": {task["points"]}' in task["body"] and ", read by a person" in task["rest"]


@each_lesson
def test_the_time_announced_for_exercises_is_their_sum_to_the_half_hour(path):
    announced = re.search(r"\*\*Time:\*\* about \d½? hours, of which (\d)(½?) are exercises", prose(path))
    hours = sum(int(task["minutes"]) for task in tasks(path)) / 60
    assert int(announced[1]) + HOURS[announced[2]] == math.floor(2 * hours + 0.5) / 2


@each_lesson
def test_what_is_said_of_another_lesson_or_section_leads_there(path):
    text = " ".join(prose(path).split())
    for number, section in re.findall(r"\b[Ll]essons? (\d+)(?:, (?:section )?\*([^*]+)\*)?", text):
        assert not number.startswith("0"), f"written “lesson {int(number)}” elsewhere"
        assert by_number(number), f"there is no lesson {number}"
        assert not section or section in headings(by_number(number)), (number, section)
    for section in re.findall(r"\bsections? \*([^*]+)\*", text):
        assert section in headings(path), section


def slug(heading):
    """The anchor that a heading gets."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("path", [*LESSONS, *GUIDES], ids=lambda p: p.relative_to(ROOT).as_posix())
def test_a_relative_link_leads_somewhere(path):
    home = ROOT / "course" / path.stem if path in LESSONS else path.parent
    for link in re.findall(r"\]\((?!https?:)([^)\s]+)\)", prose(path)):
        file, _, anchor = link.partition("#")
        target = (home / file).resolve() if file else path
        assert target.exists(), link
        assert not anchor or anchor in map(slug, headings(target)), link


@each_lesson
def test_text_after_a_folded_answer_is_a_cell_of_its_own(path):
    """Within a cell JupyterLab leaves no space between the two."""
    assert not re.findall(r"</details>\n+(?!\+\+\+|#|```)(.+)", path.read_text(encoding="utf-8"))


@each_lesson
def test_a_glossary_gives_each_word_a_meaning_and_the_same_korean_as_the_others(path):
    words = glossary(path)
    assert all(korean.strip() and meaning.strip() for korean, meaning in words.values()), words
    for other in LESSONS:
        theirs = glossary(other)
        for word in words.keys() & theirs.keys():
            assert words[word][0] == theirs[word][0], (word, other.stem)


OTHER_SPELLING = re.compile(r"\w+(?:al|ar|er|gn|im|on|or)is(?:e|es|ed|ing|ation)\b")


@each_lesson
def test_verbs_are_spelled_as_the_names_in_code_are(path):
    assert not OTHER_SPELLING.findall(prose(path)), "-ize, as `initialize`"


def test_verbs_in_messages_are_spelled_as_in_the_lessons():
    sources = [path for folder in ("autograder", "course") for path in (ROOT / folder).rglob("*.py")]
    found = {path.name: OTHER_SPELLING.findall(path.read_text(encoding="utf-8")) for path in sources}
    assert sources and not {name: words for name, words in found.items() if words}

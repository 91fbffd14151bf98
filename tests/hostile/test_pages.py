"""What is handed back, and what the instructor looks at, is inert: by its text, and in a browser."""

import re
from html.parser import HTMLParser

import pytest
from playwright.sync_api import sync_playwright

from setup_env import machine
from tests.browser.lab import CHROMIUM
from tests.hostile.course import LESSON

# Those of our own templates, of reports and of Markdown that was made safe.
TAGS = set(
    "html head meta title style body main h1 h2 h3 h4 h5 h6 p strong em code pre table thead tbody tr th td a section div span ul ol li "
    "details summary img br hr blockquote b i svg g rect text line path title desc figure figcaption".split()
)
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
COMMANDS = ("ours", "stock")


class Page(HTMLParser):
    """What in a page could act or reach out."""

    def __init__(self, text):
        super().__init__()
        self.wrong, self.policies, self.styles = [], [], 0
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if tag not in TAGS:
            self.wrong.append(f"<{tag}>")
        self.styles += tag == "style"
        given = dict(attributes)
        if tag == "meta" and given.get("http-equiv"):
            self.policies.append((given["http-equiv"], given.get("content")))
        for name, value in attributes:
            acts = name.startswith("on") or name in ("srcset", "action", "formaction", "background", "ping", "srcdoc")
            reaches = (
                name == "href" and not value.startswith("#") or name == "src" and not value.startswith("data:image/")
            )
            if acts or reaches or name == "style" and re.search(r"url|expression|@|position", value):
                self.wrong.append(f"{name}={value[:60]!r}")

    handle_startendtag = handle_starttag


@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_handed_back_is_one_inert_page(command, request):
    course, _ = request.getfixturevalue(command)
    pages = 0
    for attack in course.attacks:
        folder = course.course.feedback / course.student_of[attack.name] / LESSON
        files = sorted(path.name for path in folder.rglob("*") if path.is_file())
        assert set(files) <= {f"{LESSON}.html", "timestamp.txt"}, attack.name
        if files:
            page = Page((folder / f"{LESSON}.html").read_text(encoding="utf-8"))
            assert (page.wrong, page.policies, page.styles) == ([], [("Content-Security-Policy", POLICY)], 1), (
                attack.name
            )
            pages += 1
    assert pages >= sum(not attack.ungraded for attack in course.attacks)


def test_the_page_on_the_class_is_inert(ours):
    course, _ = ours
    page = Page((course.course.scratch / "reports" / f"{LESSON}.html").read_text(encoding="utf-8"))
    assert page.wrong == []


def test_no_cell_of_the_table_is_a_formula(ours):
    course, _ = ours
    table = (course.root / "grades.csv").read_text(encoding="utf-8-sig")
    assert not re.search(r'(^|,)"?[=+@\t\r]', table, re.M)


def test_every_line_of_a_log_is_the_graders(ours):
    """No learner's words begin a line, and none holds what a terminal obeys."""
    course, _ = ours
    for log in (course.course.scratch / "logs" / LESSON).iterdir():
        text = log.read_text(encoding="utf-8")
        assert re.fullmatch(r"(\S+ (graded|ungraded) in \d+\.\d\d s: .*\n)", text), log.name
        assert "\x1b" not in text and "\x9b" not in text, log.name


@pytest.fixture
def browser():
    """A Chromium; this test alone needs one."""
    if why := machine.why_no_browser():
        pytest.skip(why)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=machine.chromium(), args=CHROMIUM)
        yield chromium
        chromium.close()


def test_in_a_browser_nothing_of_theirs_happens(ours, browser):
    """Each page opened from the disk: no request leaves, no dialog opens, no script speaks, the title stays."""
    course, _ = ours
    tab, happened = browser.new_page(), []
    tab.on(
        "request",
        lambda request: happened.append(request.url) if not request.url.startswith(("file:", "data:")) else None,
    )
    tab.on("dialog", lambda dialog: (happened.append(f"a dialog: {dialog.message}"), dialog.dismiss()))
    tab.on("console", lambda message: happened.append(f"the console: {message.text}"))
    tab.on("pageerror", lambda error: happened.append(f"an error: {error}"))
    pages = sorted(course.course.feedback.glob(f"*/{LESSON}/*.html")) + [
        course.course.scratch / "reports" / f"{LESSON}.html"
    ]
    for path in pages:
        tab.goto(path.as_uri())
        tab.wait_for_load_state("networkidle")
        student = path.parts[-3]
        assert happened == [], path
        assert tab.title() == f"{LESSON}: feedback for {student}" or path.parent.name == "reports", path
        assert tab.evaluate("document.scripts.length") == 0, path
        assert all(tab.evaluate("[...document.images].map(image => image.naturalWidth * image.naturalHeight < 3e7)")), (
            path
        )
        assert tab.locator("main").is_visible(), path
    assert len(pages) > 1

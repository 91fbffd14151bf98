"""`autograder feedback --zip`: the feedback pages of a lesson as one zip that a learning platform takes back.

The pages have the names under which the platform handed the work over:

    Moodle  `Full name_4711_assignsubmission_file_LESSON.html`, for "Upload multiple feedback files in a zip" of an assignment
            (mod/assign/feedback/file/importziplib.php); "Feedback files" must be switched on in its settings
    Canvas  `lovelaceada_123_456789_LESSON.html`, for "Upload Submissions" of an assignment, which attaches each as a
            comment (app/models/abstract_assignment.rb, infer_comment_context_from_filename)
    else    `STUDENT/LESSON.html`
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path

from autograder.classroom import roster
from autograder.course import Course


def pack(course: Course, lesson: str, pages: Iterable[Path], target: Path) -> list[str]:
    """Write the zip; returns a line for each page whose learner the platform will not find by its name."""
    origins = roster.kept(course, lesson)
    unknown = []
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for page in sorted(pages):
            student = page.relative_to(course.feedback).parts[0]
            origin = origins.get(student, roster.Origin())
            if not origin.prefix:
                unknown.append(student)
            name = f"{origin.prefix}{page.name}" if origin.prefix else f"{student}/{page.name}"
            archive.writestr(name, page.read_bytes())
    if len(unknown) == len(archive.namelist()):
        return []  # no platform at all: a folder a learner is what is wanted
    return [
        f"{student}: came from no platform; the page is in the zip as {student}/{lesson}.html"
        for student in dict.fromkeys(unknown)
    ]

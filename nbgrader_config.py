"""Makes this folder an nbgrader course. Settings of your own (exchange, db_url, due dates) go below."""

from pathlib import Path

from autograder.course import Course
from autograder.nbgrading.config import configure

here = Path(__file__).resolve().parent
c = get_config()  # noqa: F821 (nbgrader puts it here)
configure(c, Course(here, here))

"""A course's own limits, in its nbgrader_config.py."""

import pytest
from traitlets.config import Config

from autograder.course import Refused
from autograder.grading.limits import DEFAULT
from autograder.nbgrading import config


def test_a_course_sets_limits_and_keeps_the_others(course, configure):
    configure("c.Limits.cell_cpu_seconds = 7", "c.Limits.restarts = 1")
    limits = config.limits(config.of(course))
    assert (limits.cell_cpu_seconds, limits.restarts) == (7, 1)
    assert limits.memory_bytes == DEFAULT.memory_bytes
    assert config.limits(Config()) == DEFAULT


@pytest.mark.parametrize(
    ("name", "value"), [("cell_seconds", 5), ("restarts", 1.5), ("cell_cpu_seconds", "5"), ("restarts", -1)]
)
def test_what_is_no_limit_is_refused_by_name(name, value):
    settings = Config()
    settings.Limits[name] = value
    with pytest.raises(Refused, match=f"c.Limits.{name}.*"):
        config.limits(settings)

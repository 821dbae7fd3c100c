"""YAML as plain values, with the line and column of each, so that whatever is wrong later can be pointed at.

All scalars stay text: what `09:00` or `no` means is for whoever reads the value to say, not for YAML.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

Path = tuple[str | int, ...]
"""The way to a value from the top: keys of mappings and numbers of list items."""

DEEPEST = 20
"""Levels: more than any part has, fewer than a file that contains itself."""

NULLS = {"", "~", "null", "Null", "NULL"}


@dataclass(frozen=True, order=True)
class Fault:
    """What is wrong at a place (line and column from 1), and what to write instead."""

    line: int
    column: int
    sentence: str


class BadFile(Exception):
    """A file says what can't be; ``faults`` in the order of their places."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = sorted(set(faults))


@dataclass
class Document:
    """The values of a file, and where they are: keys, and such values as stand beside their key or in a list."""

    values: Any = None
    keys: dict[Path, yaml.Mark] = field(default_factory=dict)
    marks: dict[Path, yaml.Mark] = field(default_factory=dict)

    def fault(self, path: Path, sentence: str, *, at_key: bool = False) -> Fault:
        """``sentence`` at the value of ``path``, or at its key; else at what it is in."""
        places = [self.keys] if at_key else [self.marks, self.keys]
        found = (place.get(path[:end]) for end in range(len(path), -1, -1) for place in places)
        return Fault(*_at(next(filter(None, found), None)), sentence)


def read_yaml(text: str) -> Document:
    """Raises BadFile."""
    document = Document()
    try:
        top = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise BadFile([Fault(*_at(mark), _not_yaml(error))]) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        column = error.position - text.rfind("\n", 0, error.position)
        raise BadFile([Fault(line, column, "this character can't be in a YAML file; remove it")]) from error
    faults: list[Fault] = []
    document.values = _value(top, (), document, faults) if top is not None else {}
    if faults:
        raise BadFile(faults)
    return document


def _value(node: yaml.Node, path: Path, document: Document, faults: list[Fault]) -> Any:
    beside = isinstance(node, yaml.ScalarNode) and (node.value or node.style)
    if beside or not path or isinstance(path[-1], int):
        document.marks[path] = node.start_mark
    if len(path) > DEEPEST:
        raise BadFile([Fault(*_at(node.start_mark), "this is nested too deeply")])
    if isinstance(node, yaml.MappingNode):
        return {
            key: _value(value, (*path, key), document, faults) for key, value in _pairs(node, path, document, faults)
        }
    if isinstance(node, yaml.SequenceNode):
        return [_value(value, (*path, number), document, faults) for number, value in enumerate(node.value)]
    assert isinstance(node, yaml.ScalarNode)
    return None if node.style is None and node.value in NULLS else node.value


def _pairs(
    node: yaml.MappingNode, path: Path, document: Document, faults: list[Fault]
) -> Iterator[tuple[str, yaml.Node]]:
    for key, value in node.value:
        line, column = _at(key.start_mark)
        if not isinstance(key, yaml.ScalarNode):
            faults.append(Fault(line, column, "before the colon stands one word"))
        elif first := document.keys.get((*path, key.value)):
            said = f'"{key.value}" is here for the second time; the first is in line {first.line + 1}'
            faults.append(Fault(line, column, said))
        else:
            document.keys[*path, key.value] = key.start_mark
            yield key.value, value


def _at(mark: yaml.Mark | None) -> tuple[int, int]:
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _not_yaml(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or "it can't be read"
    if "'@'" in problem:
        return 'in YAML no word begins with @; put it in quotes: "@ana"'
    if "'\\t'" in problem:
        return "in YAML lines are indented by spaces, not by tabs"
    if "another document" in problem:
        return "one file holds one organisation; remove this line and what follows"
    return f"this is no YAML: {problem}"

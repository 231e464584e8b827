"""Looks up every name of a template in the sample fields of its letter: what does not exist, what is not used."""

from __future__ import annotations

import difflib
from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import nodes

from fundapp.documents import wording
from fundapp.documents.sandbox import LISTS, PLAIN

LOOP = (
    "index",
    "index0",
    "revindex",
    "revindex0",
    "first",
    "last",
    "length",
    "depth",
    "depth0",
    "previtem",
    "nextitem",
)
ELEMENT = {"first", "last", "min", "max"}
FOREIGN = (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends, nodes.Block)


@dataclass(frozen=True, slots=True)
class Wrong:
    """A name that does not exist or must not be asked for, and the line it stands on."""

    message: str
    name: str
    line: int


@dataclass(frozen=True, slots=True)
class Shape:
    """What is known of a value: a sample of it (None: nothing), and the path it came by ('' if none)."""

    sample: Any = None
    path: str = ""

    def inner(self) -> Shape:
        """A member of this list. Members that are groups are taken together, so that optional fields count."""
        if not isinstance(self.sample, list | tuple) or not self.sample:
            return Shape(None, self.path)
        if all(isinstance(member, Mapping) for member in self.sample):
            return Shape(
                {key: value for member in reversed(self.sample) for key, value in member.items()}, f"{self.path}[]"
            )
        return Shape(self.sample[0], f"{self.path}[]")


UNKNOWN = Shape()
ANY_LOOP = Shape(dict.fromkeys(LOOP, ""), "loop")
Scope = ChainMap[str, Shape]


class Naming:
    """Walks the parts of one template; remembers which fields of the sample were asked for."""

    def __init__(self, sample: Mapping[str, Any]) -> None:
        self.sample = sample
        self.used: set[str] = set()
        self.found: list[Wrong] = []

    def walk(self, template: nodes.Template) -> list[Wrong]:
        """Every wrong name of this part, in order, each once a line."""
        self.found = []
        scope: Scope = ChainMap({key: Shape(value, key) for key, value in self.sample.items()})
        self._statements(template.body, scope.new_child())
        return list(dict.fromkeys(self.found))

    def unused(self) -> list[str]:
        """Fields of the sample that no part asked for; of a group that is not used at all only its name."""
        return list(self._unused(self.sample, ""))

    def _unused(self, group: Mapping[str, Any], prefix: str) -> Iterator[str]:
        for key, value in group.items():
            path = f"{prefix}{key}"
            if path not in self.used:
                yield path
            elif (inner := Shape(value, path).inner() if isinstance(value, list) else Shape(value, path)) and any(
                used.startswith(f"{inner.path}.") for used in self.used
            ):
                yield from self._unused(inner.sample, f"{inner.path}.")

    def _wrong(self, message: str, name: str, node: nodes.Node) -> Shape:
        self.found.append(Wrong(message, name, node.lineno))
        return UNKNOWN

    def _statements(self, body: list[nodes.Node], scope: Scope) -> None:
        for node in body:
            self._statement(node, scope)

    def _statement(self, node: nodes.Node, scope: Scope) -> None:
        match node:
            case nodes.For():
                inner = scope.new_child({"loop": ANY_LOOP})
                self._bind(node.target, self._value(node.iter, scope).inner(), inner)
                if node.test is not None:
                    self._value(node.test, inner)
                self._statements(node.body, inner)
                self._statements(node.else_, scope)
            case nodes.If():
                self._value(node.test, scope)
                for part in (node.body, node.elif_, node.else_):
                    self._statements(list(part), scope)
            case nodes.Assign():
                self._bind(node.target, self._value(node.node, scope), scope)
            case nodes.AssignBlock():
                self._statements(node.body, scope.new_child())
                self._bind(node.target, UNKNOWN, scope)
            case nodes.With():
                inner = scope.new_child()
                for target, value in zip(node.targets, node.values, strict=True):
                    self._bind(target, self._value(value, scope), inner)
                self._statements(node.body, inner)
            case nodes.Macro():
                scope[node.name] = UNKNOWN
                self._statements(node.body, scope.new_child({argument.name: UNKNOWN for argument in node.args}))
            case nodes.Expr():
                self._value(node, scope)
            case _ if isinstance(node, FOREIGN):
                self._wrong(wording.TAKES_IN, type(node).__name__.lower(), node)
            case _:
                self._statements(list(node.iter_child_nodes()), scope.new_child())

    def _bind(self, target: nodes.Node, shape: Shape, scope: Scope) -> None:
        for name in target.find_all(nodes.Name) if not isinstance(target, nodes.Name) else (target,):
            scope[name.name] = shape if name is target else UNKNOWN

    def _value(self, node: nodes.Node, scope: Scope) -> Shape:
        match node:
            case nodes.Name():
                return self._name(node, scope)
            case nodes.Getattr():
                return self._member(self._value(node.node, scope), node.attr, node)
            case nodes.Getitem():
                return self._item(node, scope)
            case nodes.Filter():
                return self._filtered(node, scope)
            case nodes.Test() if node.name not in PLAIN.tests:
                return self._wrong(wording.NO_TEST % {"name": node.name}, node.name, node)
            case nodes.CondExpr():
                shapes = [self._value(part, scope) for part in node.iter_child_nodes()]
                return shapes[1]
            case _:
                for child in node.iter_child_nodes():
                    self._value(child, scope)
                return UNKNOWN

    def _name(self, node: nodes.Name, scope: Scope) -> Shape:
        if node.name not in scope:
            return self._wrong(self._no_field(node.name, node.name, scope), node.name, node)
        shape = scope[node.name]
        self.used.add(shape.path)
        return shape

    def _item(self, node: nodes.Getitem, scope: Scope) -> Shape:
        owner = self._value(node.node, scope)
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            return self._member(owner, node.arg.value, node)
        self._value(node.arg, scope)
        if isinstance(owner.sample, Mapping):
            self._all_used(owner)
        return owner if isinstance(node.arg, nodes.Slice) else owner.inner()

    def _member(self, owner: Shape, name: str, node: nodes.Node) -> Shape:
        full = f"{owner.path}.{name}" if owner.path else name
        if name.startswith("_"):
            return self._wrong(wording.NO_ASKING % {"field": full}, full, node)
        if isinstance(owner.sample, Mapping):
            if name not in owner.sample:
                return self._wrong(self._no_field(name, full, owner.sample), full, node)
            self.used.add(full)
            return Shape(owner.sample[name], full)
        if owner.sample is not None:
            return self._wrong(wording.NO_GROUP % {"group": owner.path, "name": name}, full, node)
        return UNKNOWN

    def _filtered(self, node: nodes.Filter, scope: Scope) -> Shape:
        owner = self._value(node.node, scope) if node.node is not None else UNKNOWN
        for child in (*node.args, *node.kwargs):
            self._value(child, scope)
        if node.name not in PLAIN.filters:
            return self._wrong(wording.NO_FILTER % {"name": node.name}, node.name, node)
        if node.name in {"items", "dictsort", "map", "sum", "selectattr", "rejectattr", "sort"}:
            self._all_used(owner)
        if node.name in ELEMENT:
            return owner.inner()
        return owner if node.name in LISTS else UNKNOWN

    def _all_used(self, owner: Shape) -> None:
        inner = owner.inner() if isinstance(owner.sample, list | tuple) else owner
        if isinstance(inner.sample, Mapping):
            self.used |= {f"{inner.path}.{key}" for key in inner.sample}

    def _no_field(self, name: str, full: str, known: Mapping[str, Any]) -> str:
        near = difflib.get_close_matches(name, list(known), 1)
        if near:
            return wording.NO_FIELD_BUT % {"field": full, "near": f"{full.removesuffix(name)}{near[0]}"}
        return wording.NO_FIELD % {"field": full}

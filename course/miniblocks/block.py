"""`Block`: the one notion that layers, parts of networks, and whole networks share.

A block takes data, gives an output (`forward`), keeps parameters, and may contain blocks. A subclass calls
`super().__init__(**kwargs)` first; blocks assigned to attributes are then registered as children, and
parameters that it asks for by `self.params.get(…)` are its own.
"""

from __future__ import annotations

import re
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from miniblocks import checkpoint, hybrid
from miniblocks.device import Device
from miniblocks.errors import BlockError, DeferredInitializationError, MiniblocksError
from miniblocks.names import next_name, open_scope, scope_of
from miniblocks.parameter import Parameter
from miniblocks.parameters import ParameterDict


class Block:
    """The base of layers and networks. `prefix` names it; `params` is another block's `params`, to share them."""

    def __init__(self, prefix: str | None = None, params: ParameterDict | None = None) -> None:
        set_ = super().__setattr__
        parent = open_scope()
        hint = type(self).__name__.lower()
        if prefix is None:
            prefix = next_name(hint, parent._name_counts if parent is not None else None) + "_"
        full_prefix = (parent.prefix if parent is not None else "") + prefix
        set_("_name_counts", Counter())
        set_("_children", OrderedDict())
        set_("_hybrid", None)
        set_("training", True)
        set_("_forward_hooks", [])
        set_("prefix", full_prefix)
        if params is not None:
            set_("params", ParameterDict(params.prefix, params))
        else:
            set_("params", ParameterDict(full_prefix, parent.params._shared if parent is not None else None))

    @property
    def name(self) -> str:
        """The prefix without its final underscore."""
        return self.prefix.removesuffix("_")

    def name_scope(self) -> Any:
        """Blocks made inside `with self.name_scope():` carry this block's name before their own."""
        return scope_of(self)

    # -- children -----------------------------------------------------------------------------------------------
    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, (Block, Parameter)):
            self._check_ready(f"the {'block' if isinstance(value, Block) else 'parameter'} `{name}` was assigned")
        if isinstance(value, Block):
            self.register_child(value, name)
        elif isinstance(value, Parameter) and value.name == "":
            value.name = self.prefix + name
            self.params.add(value)
        elif name in vars(self).get("_children", ()) and vars(self).get(name) is self._children[name]:
            del self._children[name]  # the attribute no longer is a block, so it no longer is a child
        super().__setattr__(name, value)

    def __getattr__(self, name: str) -> Any:
        if name in ("_children", "params", "prefix", "_hybrid", "training"):
            self._check_ready(f"`{name}` was used")
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")

    def _check_ready(self, what: str) -> None:
        if "_children" not in vars(self):
            raise BlockError(
                f"{what} before {type(self).__name__} was set up as a block: call super().__init__(**kwargs) first in {type(self).__name__}.__init__"
            )

    def register_child(self, block: Block, name: str | None = None) -> None:
        """Make a block part of this one, under a name (its position unless told)."""
        if not isinstance(block, Block):
            raise TypeError(
                f"a child is a block, not a {type(block).__name__}; if it is a class, make an instance of it: {type(block).__name__}()"
            )
        self._check_ready("a child was registered")
        self._children[str(len(self._children)) if name is None else name] = block

    def children(self) -> Iterator[Block]:
        """The blocks directly inside."""
        return iter(self._children.values())

    def named_blocks(self, path: str = "") -> Iterator[tuple[str, Block]]:
        """(path, block) for this block and all inside, each block once: `0.hidden`."""
        seen: set[int] = set()
        stack = [(path, self)]
        while stack:
            where, block = stack.pop()
            if id(block) not in seen:
                seen.add(id(block))
                yield where, block
                inside = [(f"{where}.{name}" if where else name, child) for name, child in block._children.items()]
                stack.extend(reversed(inside))

    def apply(self, function: Callable[[Block], Any]) -> Block:
        """Call a function on every block inside, children first, and on this one."""
        for child in self.children():
            child.apply(function)
        function(self)
        return self

    # -- parameters ---------------------------------------------------------------------------------------------
    def collect_params(self, select: str | None = None) -> ParameterDict:
        """All parameters of this block and of those inside, each once; `select` is a regular expression on names."""
        found = ParameterDict(self.params.prefix)
        for _, block in self.named_blocks():
            for parameter in block.params.selected(select):
                found.add(parameter)
        return found

    def initialize(
        self, init: Any = None, ctx: Device | None = None, verbose: bool = False, force_reinit: bool = False
    ) -> None:
        """Give all parameters their first values: weights by `init` (U[-0.07, 0.07] unless told), biases 0.

        Sizes that depend on the input stay open until the first call.
        """
        self.collect_params().initialize(init, ctx, verbose, force_reinit)

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        self.collect_params().zero_grad()

    def save_parameters(self, file: str | Path) -> None:
        """Write all values to a safetensors file, by their paths in this network; ties are kept."""
        checkpoint.save_parameters(self, file)

    def load_parameters(self, file: str | Path, ignore_extra: bool = False, allow_missing: bool = False) -> None:
        """Read values that `save_parameters` wrote; what is missing, extra or of another shape is named."""
        checkpoint.load_parameters(self, file, ignore_extra, allow_missing)

    def cast(self, dtype: str) -> None:
        """Change the kind of number of all parameters: "float64", "bfloat16"."""
        self.collect_params().cast(dtype)

    def train(self, training: bool = True) -> Block:
        """Behave as in training: dropout drops, batch normalization uses the batch. Blocks start so."""
        for _, block in self.named_blocks():
            block.training = training
        return self

    def eval(self) -> Block:
        """Behave as in use: nothing dropped, statistics as they were learned."""
        return self.train(False)

    def infer_shape(self, *args: Any) -> None:
        """Tell the shapes that depend on the input, by `self.weight.shape = …`; layers override it."""
        waiting = ", ".join(f"{p.name} {p.shape}" for p in self.params.values() if p.is_deferred)
        raise DeferredInitializationError(
            f"{type(self).__name__} ({self.name}) cannot tell the shape of {waiting or 'its parameters'} from its input: give the whole "
            f"shape when declaring, or define infer_shape(self, *inputs) in {type(self).__name__}"
        )

    # -- computing ----------------------------------------------------------------------------------------------
    def __call__(self, *args: Any) -> Any:
        compute = self._hybrid
        try:
            output = self.forward(*args) if compute is None else compute(*args)
        except MiniblocksError as error:
            output = self._recovered(error, *args)
        if self._forward_hooks:
            for hook in self._forward_hooks:
                hook(self, args, output)
        return output

    def register_forward_hook(self, hook: Callable[[Block, tuple[Any, ...], Any], Any]) -> Callable[[], None]:
        """Call `hook(block, inputs, output)` after each call; returns a function that takes the hook away again."""
        self._forward_hooks.append(hook)
        return lambda: self._forward_hooks.remove(hook)

    def uncaptured(self, *args: Any) -> Any:
        """A call that runs `forward` itself, hybridized or not."""
        try:
            return self.forward(*args)
        except MiniblocksError as error:
            return self._recovered(error, *args)

    def _recovered(self, error: MiniblocksError, *args: Any) -> Any:
        """After an error: where it was a shape that only this first call tells, tell it and compute again."""
        waiting = [p for p in self.params.values() if p.is_deferred]
        try:
            if not waiting or not isinstance(error, DeferredInitializationError):
                raise error
            self.infer_shape(*args)
            for parameter in waiting:
                parameter.finish_deferred_init()
            return self.forward(*args)
        except MiniblocksError as final:
            final.inside(self.name)
            raise final from None

    def forward(self, *args: Any) -> Any:
        """The computation; subclasses override it."""
        raise NotImplementedError(f"{type(self).__name__} does not define forward(self, x)")

    def hybridize(self, active: bool = True, backend: str = "python", script: bool = False) -> None:
        """Capture the computation at the next call, and run the captured graph from then on. See `hybrid`.

        Under `no_grad` the graph runs as a compiled program, by the `backend` named. What Python decides by a look at a value is
        decided once, with a warning; with `script` conditions and loops on tensors are in the graph.
        """
        for child in self.children():
            child.hybridize(False)  # the outermost graph holds what is inside
        super().__setattr__("_hybrid", hybrid.Hybrid(self, backend, script) if active else None)

    @property
    def graph(self) -> Any:
        """The graph that the last call ran, when hybridized; else None."""
        return None if self._hybrid is None else self._hybrid.last

    # -- showing ------------------------------------------------------------------------------------------------
    def summary(self, *inputs: Any) -> Any:
        """A table of the blocks inside, their output shapes (for these inputs) and their parameters, shared ones once."""
        from miniblocks.summary import summary  # only who asks needs it

        return summary(self, *inputs)

    def plot(self, *inputs: Any) -> Any:
        """A drawing of the blocks inside; with inputs, of the operations that a call on them carries out."""
        from miniblocks.drawing import draw_blocks, draw_computation  # only who draws needs it

        return draw_computation(self.uncaptured, *inputs) if inputs else draw_blocks(self)

    def __repr__(self) -> str:
        if not self._children:
            return f"{type(self).__name__}()"
        lines = [_indented(f"  ({name}): {child!r}") for name, child in self._children.items()]
        return "\n".join([f"{type(self).__name__}(", *lines, ")"])


def _indented(text: str) -> str:
    return re.sub("\n", "\n  ", text)

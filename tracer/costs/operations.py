"""What an operation does about memory: which kind it is, and how many bytes its algorithm reads and writes.

The count is that of the unfused algorithm: each operation reads its inputs once and writes its outputs once, whatever caches
and fusion make of that. Every distinct input tensor counts with the elements it stores, so an expanded one with few; views
are free; what looks things up in a table reads what it finds, not the table; memory that is only made is not written yet.

Imports torch: for whoever knows that a lecture did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import prod
from typing import Any

import torch

from tracer.format.schema import COMMUNICATES, MAKES, VIEWS, WRITES

__all__ = ["Operation", "WholeOperation", "stored_bytes", "tensors_in"]

ASKS = frozenset(
    {
        *(
            "size",
            "sym_size",
            "stride",
            "sym_stride",
            "storage_offset",
            "sym_storage_offset",
            "numel",
            "sym_numel",
            "dim",
        ),
        *("is_contiguous", "sym_is_contiguous", "is_strides_like_format", "is_non_overlapping_and_dense", "is_pinned"),
        *("is_same_size", "_is_zerotensor", "_version", "_has_compatible_shallow_copy_type", "is_complex"),
    }
)
"""Questions about a tensor, not about its elements: no operations at all."""

VIEWS_UNSAID = frozenset({"_unsafe_view", "lift"})
"""Views of which the schema does not say so."""

RELABELS = frozenset(
    {
        *("squeeze_", "unsqueeze_", "t_", "transpose_", "swapdims_", "swapaxes_", "as_strided_", "detach_", "set_"),
        *("resize_", "resize_as_", "rename_", "_resize_output_"),
    }
)
"""In place, but of shapes and strides alone."""

ONLY_WRITTEN = frozenset(
    {
        *("zero_", "fill_", "copy_", "normal_", "uniform_", "random_", "bernoulli_", "exponential_", "geometric_"),
        *("cauchy_", "log_normal_", "_foreach_zero_", "_foreach_copy_"),
    }
)
"""In place, whatever was there before."""

FUSED = frozenset({"_fused_adam_", "_fused_adamw_", "_fused_sgd_", "_fused_adagrad_"})
"""Steps of optimizers. By their schema they write gradients, too, which they do for a gradient scaler alone."""

LOOKS_UP = {"embedding": 0, "index_select": 0, "index": 0, "_unsafe_index": 0, "gather": 0, "take": 0}
"""The argument that is the table."""

UPDATES = frozenset(
    {
        *("index_put_", "_index_put_impl_", "_unsafe_index_put", "index_add_", "index_copy_", "index_fill_"),
        *("scatter_", "scatter_add_", "scatter_reduce_", "put_"),
    }
)
"""In place, at the places that an index names."""

REPLACES = frozenset({"index_copy_", "index_fill_", "scatter_"})
"""Updates that do not look at what was there; `index_put_` and `put_` do so when they accumulate."""

UNMADE = frozenset({"empty", "empty_like", "empty_strided", "new_empty", "new_empty_strided", "empty_permuted"})
"""Memory that nothing is written to."""

LIKE = frozenset({"zeros_like", "ones_like", "full_like", "rand_like", "randn_like", "randint_like"})
"""Made by the example of an input that is not read; so is all that is called `new_…`."""

COLLECTIVES = frozenset({"c10d", "_c10d_functional", "_c10d_functional_autograd"})

HANDED_OVER = ("input_tensors", "input_tensor", "input", "inputs", "tensors")
"""The argument of a collective with what this rank gives."""

GIVES_NOTHING = frozenset(
    {"barrier", "monitored_barrier_", "recv_", "recv_any_source_", "wait_tensor", "_wrap_tensor_autograd"}
)

FROM_ONE = frozenset({"broadcast_", "broadcast", "broadcast_coalesced_"})
"""Collectives in which one rank gives and the others only take."""

Call = Mapping[str, Any]

USUAL = frozenset({torch.Tensor, torch.nn.Parameter})
"""Tensors that are found without asking what their class derives from."""

STRIDED = torch.strided


class Operation:
    """What is known of an operator (an `OpOverload`) before it runs. `is_work`: it is more than a question about a shape.

    `is_composite`: it is made of others, which are what runs. `packet` is what the library's formulas are found by. `run` is
    what to call: the operator, less a Python function around it.
    """

    __slots__ = (
        "_handed_over",
        "_is_plain",
        "_may_be_tensors",
        "_named",
        "_names",
        "_new",
        "_returns",
        "_simple",
        "_table",
        "_unread",
        "_updates",
        "_updates_self",
        "_written",
        "is_composite",
        "is_work",
        "kind",
        "name",
        "operator",
        "packet",
        "run",
    )

    def __init__(self, operator: Any) -> None:
        self.operator = operator  # kept: operators are known by their ids
        self.packet = operator._overloadpacket
        self.run = getattr(operator, "_op", operator) if type(operator) is torch._ops.OpOverload else operator
        schema = operator._schema
        space, _, short = schema.name.partition("::")
        self.name = short if space == "aten" else f"{space}.{short}"
        self.is_work = space not in ("prim", "profiler") and not (space == "aten" and short in ASKS)
        self.is_composite = _is_composite(operator)
        self._names = [argument.name for argument in schema.arguments]
        self._may_be_tensors = [index for index, argument in enumerate(schema.arguments) if _may_be_tensors(argument)]
        self._simple = _simple(schema.arguments, self._may_be_tensors)
        self._named = frozenset([self._names[index] for index in self._may_be_tensors])
        self._table = self._names[LOOKS_UP[short]] if space == "aten" and short in LOOKS_UP else None
        self._handed_over: str | None = None
        self._written: list[str] = []
        self._new = [index for index, returned in enumerate(schema.returns) if returned.alias_info is None]
        unread: set[str] = set() if self._table is None else {self._table}
        if space in COLLECTIVES:
            self.kind = COMMUNICATES
            if short not in GIVES_NOTHING:
                self._handed_over = next((name for name in HANDED_OVER if name in self._names), None)
        elif short in RELABELS or short in VIEWS_UNSAID:
            self.kind = VIEWS
        elif any(_writes(argument) for argument in schema.arguments):
            self.kind = WRITES
            for argument in schema.arguments:
                if _writes(argument) and not (short in FUSED and argument.name == "grads"):
                    self._written.append(argument.name)
                    if short in ONLY_WRITTEN or argument.kwarg_only:
                        unread.add(argument.name)
        elif schema.returns and len(self._new) < len(schema.returns):
            self.kind = VIEWS
        else:
            self.kind = MAKES
            if short in UNMADE:
                self._new = []
            if short in UNMADE or short in LIKE or short.startswith("new_"):
                unread.update(self._names)
        self._returns = len(schema.returns)
        self._updates = short in UPDATES and space == "aten"
        if self._updates:
            unread.add("self")
        self._unread = frozenset(unread)
        self._is_plain = self.kind == MAKES and not unread and len(self._new) == self._returns
        self._updates_self = self.kind == WRITES and not unread and self._written == self._names[:1] and not self._new

    def inputs(self, args: Sequence[Any], kwargs: Call) -> Sequence[Any]:
        """The tensors among the arguments of a call, and in lists there."""
        simple = self._simple
        if simple and type(args[0]) in USUAL and type(args[simple - 1]) in USUAL:  # otherwise a number, or undefined
            return args[:simple]
        count = len(args)
        found = tensors_in([args[index] for index in self._may_be_tensors if index < count])
        if kwargs:
            found += tensors_in([value for name, value in kwargs.items() if name in self._named])
        return found

    def bytes(self, args: Sequence[Any], kwargs: Call, out: Any, inputs: Sequence[Any], outputs: Sequence[Any]) -> int:
        """Read and written by one call. Of what communicates: handed over by this rank.

        `inputs` and `outputs` are the tensors among the arguments and in `out`.
        """
        if self.kind == VIEWS:
            return 0
        if self.kind == COMMUNICATES:
            return self._given(args, kwargs)
        if self._is_plain:
            return _distinct(inputs) + _distinct(outputs)
        if self._updates_self:
            return _distinct(inputs) + _distinct(tensors_in(args[:1]))
        call = {**dict(zip(self._names, args, strict=False)), **kwargs}
        moved = _distinct(tensors_in([value for name, value in call.items() if name not in self._unread]))
        if self._table is not None:
            moved += _distinct(outputs)
        if self._updates:
            moved += _updated(self.packet.__name__, call)
        else:
            moved += sum([_distinct(tensors_in([call.get(name)])) for name in self._written])
        if self._new and isinstance(out, tuple | list) and self._returns > 1:
            moved += _distinct(tensors_in([out[index] for index in self._new]))
        elif self._new:
            moved += _distinct(outputs)
        return moved

    def _given(self, args: Sequence[Any], kwargs: Call) -> int:
        if self._handed_over is None:
            return 0
        call = {**dict(zip(self._names, args, strict=False)), **kwargs}
        if self.packet.__name__ in FROM_ONE and not _is_source(call):
            return 0
        return _distinct(tensors_in([call.get(self._handed_over)]))


class WholeOperation(Operation):
    """An operator that takes functions, seen from outside: it reads its tensors and makes others."""

    __slots__ = ()

    def __init__(self, operator: Any) -> None:
        self.operator = self.packet = self.run = operator
        self.name = operator.name()
        self.kind = MAKES
        self.is_work, self.is_composite, self._is_plain = True, False, True

    def inputs(self, args: Sequence[Any], kwargs: Call) -> list[Any]:
        return tensors_in((*args, *kwargs.values()))


def _updated(short: str, call: Call) -> int:
    """Bytes of the places that an update in place writes, and reads unless it replaces them."""
    tensor, index = call["self"], call.get("index")
    values = next((call[name] for name in ("source", "src", "values") if call.get(name) is not None), None)
    if "indices" in call:
        count = _indexed(tensor, call["indices"])
    elif short == "index_fill_" and index is not None:
        count = index.numel() * tensor.numel() // max(1, tensor.size(call["dim"]))
    elif short.startswith("scatter") or short == "put_":
        count = (tensor if index is None else index).numel()
    else:
        count = (tensor if values is None else values).numel()
    replaces = short in REPLACES or ("put_" in short and not call.get("accumulate"))
    return int(count * tensor.element_size() * (1 if replaces and call.get("reduce") is None else 2))


def _may_be_tensors(argument: Any) -> bool:
    """Whether there may be a tensor in that argument: looking for them among numbers takes its time."""
    return any(word in str(argument.type) for word in ("Tensor", "Any"))


def _simple(arguments: Sequence[Any], may_be_tensors: Sequence[int]) -> int:
    """How many tensors an operator takes, if that is one or two, its first arguments, and never a list; else 0."""
    count = len(may_be_tensors)
    if count > 2 or list(may_be_tensors) != list(range(count)):
        return 0
    return count if all(str(one.type) == "Tensor" and not one.kwarg_only for one in arguments[:count]) else 0


def _writes(argument: Any) -> bool:
    return argument.alias_info is not None and bool(argument.alias_info.is_write)


def _is_composite(operator: Any) -> bool:
    """Whether an operator is nothing but others, in every mode and on every device."""
    if not operator._can_decompose():
        return False
    keys = torch._C.DispatchKey
    return not any(operator.has_kernel_for_dispatch_key(key) for key in (keys.CPU, keys.CUDA))


def tensors_in(values: Any) -> list[Any]:
    """The tensors in a list of arguments, and in the lists in there."""
    found: list[Any] = []
    for value in values:
        if type(value) in USUAL:
            found.append(value)
        elif isinstance(value, list | tuple):
            found += tensors_in(value)
        elif value is not None and isinstance(value, torch.Tensor):
            found.append(value)
    return found


def _distinct(tensors: Sequence[Any]) -> int:
    """Bytes of tensors, each of them once."""
    if len(tensors) > 2 or (len(tensors) == 2 and tensors[0] is tensors[1]):
        tensors = list(dict(zip(map(id, tensors), tensors, strict=True)).values())
    total = 0
    for tensor in tensors:
        if tensor.layout is STRIDED and tensor.is_contiguous():
            total += tensor.nbytes
        else:
            total += stored_bytes(tensor)
    return total


def stored_bytes(tensor: Any) -> int:
    """Bytes of the distinct elements of a tensor: what `expand` repeats, or overlapping windows share, is there once."""
    if tensor.layout is not STRIDED:
        return _sparse_bytes(tensor)
    return int(_stored(tensor.shape, tensor.stride()) * tensor.itemsize)


@lru_cache(1024)
def _stored(sizes: Sequence[int], strides: Sequence[int]) -> int:
    """Distinct elements of a tensor with these."""
    stored = prod([size for size, stride in zip(sizes, strides, strict=True) if stride])
    extent = 1 + sum([(size - 1) * stride for size, stride in zip(sizes, strides, strict=True)])
    return min(prod(sizes), stored, max(0, extent))


def _sparse_bytes(tensor: Any) -> int:
    """Of a sparse tensor: its values and where they are."""
    parts = (
        ("_indices", "_values")
        if tensor.is_sparse
        else ("crow_indices", "col_indices", "ccol_indices", "row_indices", "values")
    )
    total = 0
    for part in parts:
        try:
            total += stored_bytes(getattr(tensor, part)())
        except RuntimeError:  # the other kind of compression
            continue
    return total


def _indexed(tensor: Any, indices: Sequence[Any]) -> int:
    """Elements of `tensor[indices]`; a mask counts as if it were all true, since how much of it is only its elements know."""
    shape: list[int] = []
    rest = list(tensor.shape)
    at = 0
    for index in indices:
        if index is None:
            at += 1
            continue
        masked = "bool" in str(index.dtype) or "uint8" in str(index.dtype)
        dims = index.dim() if masked else 1
        sizes = [index.numel()] if masked else list(index.shape)
        del rest[at : at + dims]
        width = max(len(shape), len(sizes))
        wide = [[1] * (width - len(one)) + one for one in (shape, sizes)]
        shape = [max(pair) if 0 not in pair else 0 for pair in zip(*wide, strict=True)]
    return int(prod(shape) * prod(rest))


def _is_source(call: Call) -> bool:
    """Whether this rank is the one that gives, in a collective in which one does."""
    try:
        groups: Any = torch.distributed
        if "process_group" in call:
            group = call["process_group"]
            group = groups.ProcessGroup.unbox(group) if hasattr(group, "_type") else group
            return bool(group.rank() == call.get("root_rank", 0))
        return bool(groups.get_rank() == call.get("src", 0))
    except Exception:  # another way of naming groups: that all give is the safer side
        return True

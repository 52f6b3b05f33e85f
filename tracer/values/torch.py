"""Torch's tensors. (`modules.py` has `nn.Module`.)

A look at a tensor must leave no mark on the program: no random number drawn, no version counter moved, no graph recorded, no
mode of the program's (a default device, a FLOP counter, fake tensors) entered, and no wait for an accelerator unless asked.
So every read below happens with all function and dispatch modes off, under no_grad, through views of the tensor itself.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tracer.format.schema import Stats, Storage, Tensor, Value
from tracer.values import modules
from tracer.values.arrays import BINS, CHUNK, FEWEST, SAMPLE, binning, cells, grid, moments, scattered, stretch
from tracer.values.guard import explain
from tracer.values.mapped import GONE, is_there
from tracer.values.objects import by_repr, class_dict_value, fields, opaque
from tracer.values.storage import storage_id
from tracer.values.types import class_dict, derives, instance_fields, mro, root, type_name

if TYPE_CHECKING:
    from tracer.values.walker import Walker

__all__ = ["corner", "extent", "handler", "memory"]


def handler(cls: type) -> Any:
    """The handler of a class of torch's, or None."""
    torch: Any = sys.modules.get("torch")
    if derives(cls, torch.Tensor):
        return tensor
    if derives(cls, torch.nn.Module):
        return _module
    if any(derives(cls, builtin) for builtin in (tuple, list, dict, str, int)):
        return None  # a named tuple, a torch.Size
    if root(cls) == "torch" and cls.__name__ in _TOLD:
        return by_repr
    if derives(cls, torch.UntypedStorage) or derives(cls, torch.TypedStorage):
        return _storage
    if root(cls) == "torch" and any("__dict__" in class_dict(base) for base in mro(cls)[:-1]):
        return _machinery
    return None


_TOLD = frozenset({"OpOverload", "OpOverloadPacket", "SymInt", "SymFloat", "SymBool"})
"""Classes of torch's whose text says it all, and whose fields lead deep into torch."""


def _storage(walker: Walker, value: Any, depth: int) -> Value:
    """The memory of tensors, which is looked at through these."""
    return opaque(walker, value, f"{value.nbytes():,} bytes on {value.device}", depth)


def _machinery(walker: Walker, value: object, depth: int) -> Value:
    """An optimizer, a scheduler, a data loader: by what is public of it."""
    items = [item for item in instance_fields(value) if not item[0].startswith("_")]
    return fields(walker, value, items, depth)


def _module(walker: Walker, value: object, depth: int) -> Value:
    return modules.module(walker, value, depth, _outline)


def tensor(walker: Walker, value: Any, depth: int) -> Tensor:
    """A tensor: its description always, its elements when they can be read without a trace of the reading."""
    return _seen(walker, value, lambda torch, picture, source: _fill(torch, walker, picture, source, depth))


def corner(walker: Walker, value: Any, counts: Sequence[int]) -> tuple[Tensor, Any]:
    """The description of a tensor, and its first elements along each axis as (nested) lists; None where they are not read."""
    found: list[Any] = [None]

    def fill(_torch: Any, _picture: Tensor, source: Any) -> None:
        found[0] = source[tuple(map(slice, counts))].tolist() if counts else source.tolist()

    return _seen(walker, value, fill), found[0]


def _seen(walker: Walker, value: Any, fill: Callable[[Any, Tensor, Any], None]) -> Tensor:
    """The description of a tensor, and what `fill` puts into it, given torch, the picture and a plain tensor to read."""
    torch: Any = sys.modules["torch"]
    cls = type(value)
    with torch._C.DisableTorchFunction():
        if cls is torch.Tensor or cls is torch.nn.Parameter:
            plain, source = True, value
        else:
            plain = class_dict_value(cls, "__torch_dispatch__") is torch._C._disabled_torch_dispatch_impl
            source = value if root(cls) == "torch" else _PastItsClass(torch, value)
        picture = _description(torch, value, source, plain)
        if picture.problem is None:
            learns = torch.is_grad_enabled()
            try:
                picture.problem = _obstacle(torch, walker, value, source, plain)
                if picture.problem is None:
                    with torch._C._DisableTorchDispatch():
                        torch._C._set_grad_enabled(False)
                        fill(torch, picture, _readable(torch, value, source))
            except Exception as error:
                picture.problem = f"not read: {explain(error)}"
            finally:
                torch._C._set_grad_enabled(learns)
    return picture


class _PastItsClass:
    """A tensor as torch's own methods see it: its class may have redefined `shape`, `__getattribute__`, anything."""

    __slots__ = ("_torch", "_value")

    def __init__(self, torch: Any, value: Any) -> None:
        self._torch = torch
        self._value = value

    def __getattr__(self, name: str) -> Any:
        return getattr(self._torch.Tensor, name).__get__(self._value)


def _readable(torch: Any, value: Any, source: Any) -> Any:
    """The tensor whose elements are read: without the class of the program's, without the wrapping of `torch.func.grad`."""
    functorch = torch._C._functorch
    if functorch.is_functorch_wrapped_tensor(value):
        while functorch.is_gradtrackingtensor(value):
            value = functorch.get_unwrapped(value)
    elif source is not value:
        value = source.as_subclass(torch.Tensor)
    return value.dequantize() if value.is_quantized else value


# ---------------------------------------------------------------------------------------------------------- description


def _description(torch: Any, value: Any, source: Any, plain: bool) -> Tensor:
    """`source`: the tensor, or what reads it past its class. `plain`: whether it has its elements itself; what a FakeTensor
    or a DTensor has, its class decides in Python.
    """
    shape, unknown = _shape(value, source)
    picture = Tensor(
        type=type_name(type(value)),
        shape=shape,
        dtype=_tried(lambda: _dtype_name(source.dtype)) or "?",
        device=_tried(lambda: str(source.device)),
        requires_grad=bool(_tried(lambda: source.requires_grad)),
        origin=_tried(lambda: source.grad_fn.name() if source.grad_fn is not None else None),
        problem=unknown,
    )
    if unknown is None and plain and _tried(lambda: source.layout) is torch.strided:
        strides = _tried(lambda: list(source.stride()))
        if strides is not None and all(type(step) is int for step in strides):
            picture.strides = strides
        lent = _tried(lambda: memory(source))
        if lent is not None:
            picture.storage = lent[1]
    return picture


@lru_cache(maxsize=64)
def _dtype_name(dtype: Any) -> str:
    return str(dtype).removeprefix("torch.")


def _shape(value: Any, source: Any) -> tuple[list[int], str | None]:
    """The shape, -1 for a size that has no number yet, and what is wrong with it if anything is."""
    try:
        sizes = list(source.shape)
    except Exception as error:  # nested, not initialised
        if any(type_name(base) == "UninitializedTensorMixin" for base in mro(type(value))):
            return [], "not initialised yet: it has no shape before the first input"
        if _tried(lambda: source.is_nested):
            return [], f"a nested tensor of {_tried(lambda: source.size(0))} parts that differ in shape"
        return [], f"it does not tell its shape: {explain(error)}"
    if all(type(size) is int for size in sizes):
        return sizes, None
    if _tried(lambda: source.is_nested):
        return [size if type(size) is int else -1 for size in sizes], "a nested tensor: its parts differ in a size (-1)"
    return [size if type(size) is int else -1 for size in sizes], "a size of it is symbolic (-1)"


def _outline(value: Any) -> modules.Outline:
    """A parameter without its elements; one that is not initialised yet, or whose shape is no number, counts nothing."""
    torch: Any = sys.modules["torch"]
    with torch._C.DisableTorchFunction():
        source = value if root(type(value)) == "torch" else _PastItsClass(torch, value)
        shape, unknown = _shape(value, source)
        dtype = _tried(lambda: source.dtype)
        count = math.prod(shape) if unknown is None else 0
        size = _tried(lambda: count * dtype.itemsize) or 0
        return (
            shape,
            "?" if dtype is None else _dtype_name(dtype),
            count,
            size,
            bool(_tried(lambda: source.requires_grad)),
        )


def _tried(read: Callable[[], Any]) -> Any:
    try:
        return read()
    except Exception:  # many kinds of tensor lack one attribute or another; each is told by its `problem`
        return None


def memory(value: Any) -> tuple[int, Storage] | None:
    """The address of the memory a tensor looks into, and its description; None for a tensor without memory."""
    storage = value.untyped_storage()
    address = _address(value)
    if not address:  # none, or a tensor without elements
        return None
    address -= value.storage_offset() * value.element_size()
    number = storage_id(str(value.device), address, storage._cdata, lambda: _Watch(storage))
    offset = int(value.storage_offset()) * value.element_size()
    return address, Storage(id=number, bytes=storage.nbytes(), offset=offset)


def _address(value: Any) -> int:
    """Of a tensor's first element; 0 without memory, or without elements."""
    pointer = getattr(value, "const_data_ptr", value.data_ptr)  # torch before 2.13 has the second alone,
    address: int = pointer()  # which copies memory that is only copied when written to
    return address


def extent(value: Any) -> tuple[int, int, bool]:
    """The bytes from the first to the last that a tensor of the processor's reaches, if its storage holds so many: the address,
    how many they are, and whether they can be read."""
    storage = value.untyped_storage()
    item = value.element_size()
    size = min(stretch(value.shape, value.stride()) * item, storage.nbytes() - value.storage_offset() * item)
    address = _address(value)
    return address, size, storage.resizable() or is_there(address, size)  # the memory of such a one is torch's own


class _Watch:
    """A weak reference to a storage: the memory itself may be freed, and then this says so."""

    def __init__(self, storage: Any) -> None:
        self._kind = type(storage)
        self._reference = storage._weak_ref()

    def __call__(self) -> bool:
        return not self._kind._expired(self._reference)

    def __del__(self) -> None:
        try:
            self._kind._free_weak_ref(self._reference)
        except Exception:  # when the interpreter ends, torch may be gone before this
            return


# ------------------------------------------------------------------------------------------------------------- elements


@lru_cache(maxsize=64)
def _has_no_numbers(dtype: Any) -> bool:
    """Dtypes smaller than a byte, and bits of no known meaning: torch stores them, and that is all."""
    return re.fullmatch(r"bits.*|u?int[1-7]|float4.*", _dtype_name(dtype)) is not None


def _obstacle(torch: Any, walker: Walker, value: Any, source: Any, plain: bool) -> str | None:
    """Why the elements of a tensor must not be read, in words; None if they may."""
    if not plain:
        return f"a {type_name(type(value))} computes its elements in Python or has none: not read"
    if source.layout is not torch.strided:
        layout = str(source.layout).removeprefix("torch.")
        stored = _tried(lambda: f", {source._nnz()} stored") or ""
        return f"its layout is {layout}{stored}: not read"
    if source.is_nested:
        return "it is nested: not read"
    if _has_no_numbers(source.dtype) and not source.is_quantized:
        return "torch cannot read elements of this dtype: it has no operations on it"
    if source.is_quantized and source.numel() > SAMPLE:
        return "it is quantized and large: not read"
    return _wrapping(torch, value) or _elsewhere(torch, walker, value, source)


def _wrapping(torch: Any, value: Any) -> str | None:
    functorch = torch._C._functorch
    if functorch.is_functorch_wrapped_tensor(value):
        while functorch.is_gradtrackingtensor(value):
            value = functorch.get_unwrapped(value)
        if functorch.is_batchedtensor(value):
            count = functorch.get_unwrapped(value).size(functorch.maybe_get_bdim(value))
            return f"inside vmap it stands for {count} tensors at once: not read"
        if functorch.is_functorch_wrapped_tensor(value):
            return "inside a transform it stands for another tensor: not read"
    return "inside a transform it stands for another tensor: not read" if torch._is_functional_tensor(value) else None


def _elsewhere(torch: Any, walker: Walker, value: Any, source: Any) -> str | None:
    device = source.device
    if device.type == "meta":
        return "on the meta device: it has a shape but no elements"
    if device.type != "cpu":
        if not walker.limits.synchronize:
            return f"on {device}: not read, to avoid a synchronisation"
        if device.type == "cuda" and torch.cuda.is_current_stream_capturing():
            return f"on {device}: not read while a CUDA graph is captured"
    if source.numel() and not torch._C._functorch.is_functorch_wrapped_tensor(value):
        held = source.untyped_storage().nbytes()
        reach = source.numel() if source.is_contiguous() else stretch(source.shape, source.stride())
        needed = (source.storage_offset() + reach) * source.element_size()
        if held < needed:
            return "its memory has been released"
        if device.type == "cpu" and not extent(source)[2]:
            return GONE
    return None


def _fill(torch: Any, walker: Walker, picture: Tensor, value: Any, depth: int) -> None:
    count = value.numel()
    room = walker.array_room(depth)
    if count <= min(room, walker.limits.elements):
        walker.cells -= count
        picture.elements = cells(_list(value), _bits(torch, value.dtype))
        return
    if walker.inside_module:
        picture.problem = "too large to be shown inside its module: look at it by itself"
        return
    if not value.dtype.is_complex:
        picture.stats = _stats(torch, walker, value, depth)
    if room < 16:
        picture.problem = "no room was left for its elements: look at it by itself"
        return
    chosen = grid(value.shape, room, walker.limits.side)
    sample = _list(value[chosen.slices] if value.ndim else value)
    walker.cells -= len(sample)
    picture.picture = chosen.picture(cells(sample, _bits(torch, value.dtype), sampled=True))


def _list(value: Any) -> list[Any]:
    flat: list[Any] = value.reshape(-1).tolist()
    return flat


@lru_cache(maxsize=64)
def _bits(torch: Any, dtype: Any) -> int:
    """The precision of a dtype in bits, the leading one included."""
    if not (dtype.is_floating_point or dtype.is_complex):
        return 53
    epsilon = _tried(lambda: torch.finfo(dtype).eps)
    return 1 - math.frexp(epsilon)[1] + 1 if epsilon else 53


def _stats(torch: Any, walker: Walker, value: Any, depth: int) -> Stats | None:
    """Statistics in float64: of all elements, or of a sample of a large tensor or of one that lies on an accelerator."""
    whole, most = value.numel(), walker.statistics_room(depth)
    if value.device.type != "cpu":
        most = min(most, SAMPLE)
    if whole > most:
        if most < FEWEST:
            return None
        value = value[scattered(value.shape, most)]
    walker.exact -= value.numel()
    scale = whole / value.numel()
    is_floating = value.dtype.is_floating_point
    numbers = value.cpu().to(torch.float64, copy=True).reshape(-1)
    nan = inf = 0
    low, high = torch.aminmax(numbers)
    minimum, maximum = low.item(), high.item()
    if is_floating and not (math.isfinite(minimum) and math.isfinite(maximum)):
        finite = torch.isfinite(numbers)
        nan = int(torch.isnan(numbers).sum())
        inf = numbers.numel() - nan - int(finite.sum())
        numbers = numbers[finite]
        minimum, maximum = (bound.item() for bound in torch.aminmax(numbers)) if numbers.numel() else (None, None)
    zeros = numbers.numel() - int(torch.count_nonzero(numbers))
    density = None if value.dtype == torch.bool else binning(minimum, maximum, numbers.numel())
    counts = None if density is None else _binned(torch, numbers, minimum, density)
    mean = std = None
    if numbers.numel():
        mean = (numbers.sum() / numbers.numel()).item()
        numbers.sub_(mean)  # a fifth of the time that torch.var takes; `numbers` is our own copy
        std = math.sqrt(torch.dot(numbers, numbers).item() / numbers.numel())
    return moments(
        minimum=minimum,
        maximum=maximum,
        mean=mean,
        std=std,
        zeros=zeros,
        nan=nan,
        inf=inf,
        counts=counts,
        scale=scale,
        approximate=scale > 1,
    )


def _binned(torch: Any, numbers: Any, minimum: float, density: float) -> list[int]:
    """How many of some float64 numbers lie in each bin; the last one is for the greatest number alone."""
    found = torch.zeros(BINS + 1, dtype=torch.int64, device="cpu")
    for part in numbers.split(CHUNK):
        found += torch.bincount(torch.sub(part, minimum).mul_(density).to(torch.uint8), minlength=BINS + 1)
    counts: list[int] = found.tolist()
    return counts

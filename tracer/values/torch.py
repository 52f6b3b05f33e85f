"""Torch's tensors. (`modules.py` has `nn.Module`.)

A look at a tensor must leave no mark on the program: no random number drawn, no version counter moved, no graph recorded, no
mode of the program's (a default device, a FLOP counter, fake tensors) entered, and no wait for an accelerator unless asked.
So every read below happens with all function and dispatch modes off, under no_grad, through views of the tensor itself.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tracer.format.schema import Stats, Storage, Tensor, Value
from tracer.values import modules
from tracer.values.arrays import SAMPLE, cells, grid, moments, scattered, stretch
from tracer.values.guard import explain
from tracer.values.objects import fields
from tracer.values.storage import storage_id
from tracer.values.types import class_dict, derives, instance_fields, mro, root, type_name

if TYPE_CHECKING:
    from tracer.values.walker import Walker

__all__ = ["handler", "memory"]


def handler(cls: type) -> Any:
    """The handler of a class of torch's, or None."""
    torch: Any = sys.modules.get("torch")
    if derives(cls, torch.Tensor):
        return tensor
    if derives(cls, torch.nn.Module):
        return modules.module
    if root(cls) == "torch" and any("__dict__" in class_dict(base) for base in mro(cls)[:-1]):
        return _machinery
    return None


def _machinery(walker: Walker, value: object, depth: int) -> Value:
    """An optimizer, a scheduler, a data loader: by what is public of it."""
    items = [item for item in instance_fields(value) if not item[0].startswith("_")]
    return fields(walker, value, items, depth)


def tensor(walker: Walker, value: Any, depth: int) -> Value:
    """A tensor: its description always, its elements when they can be read without a trace of the reading."""
    torch: Any = sys.modules["torch"]
    with torch._C.DisableTorchFunction():
        picture = _description(torch, value)
        if picture.problem is None:
            try:
                picture.problem = _obstacle(torch, walker, value)
                if picture.problem is None:
                    with torch._C._DisableTorchDispatch(), torch.no_grad():
                        _fill(torch, walker, picture, value, depth)
            except Exception as error:
                picture.problem = f"not read: {explain(error)}"
    return picture


# ---------------------------------------------------------------------------------------------------------- description


def _description(torch: Any, value: Any) -> Tensor:
    shape, unknown = _shape(value)
    picture = Tensor(
        type=type_name(type(value)),
        shape=shape,
        dtype=_tried(lambda: str(value.dtype).removeprefix("torch.")) or "?",
        device=_tried(lambda: str(value.device)),
        requires_grad=bool(_tried(lambda: value.requires_grad)),
        origin=_tried(lambda: value.grad_fn.name() if value.grad_fn is not None else None),
        problem=unknown,
    )
    if unknown is None and _is_plain(torch, value) and _tried(lambda: value.layout) is torch.strided:
        strides = _tried(lambda: list(value.stride()))
        if strides is not None and all(type(step) is int for step in strides):
            picture.strides = strides
        lent = _tried(lambda: memory(value))
        if lent is not None:
            picture.storage = lent[1]
    return picture


def _is_plain(torch: Any, value: Any) -> bool:
    """Whether a tensor has its elements itself. What a FakeTensor or a DTensor has, its class decides in Python."""
    return type(value).__torch_dispatch__ is torch._C._disabled_torch_dispatch_impl


def _shape(value: Any) -> tuple[list[int], str | None]:
    """The shape, -1 for a size that has no number yet, and what is wrong with it if anything is."""
    try:
        sizes = list(value.shape)
    except Exception as error:  # nested, not initialised
        if any(base.__name__ == "UninitializedTensorMixin" for base in mro(type(value))):
            return [], "not initialised yet: it has no shape before the first input"
        if _tried(lambda: value.is_nested):
            return [], "a nested tensor: its parts differ in shape"
        return [], f"it does not tell its shape: {explain(error)}"
    if all(type(size) is int for size in sizes):
        return sizes, None
    return [size if type(size) is int else -1 for size in sizes], "a size of it is symbolic (-1)"


def _tried(read: Callable[[], Any]) -> Any:
    try:
        return read()
    except Exception:  # many kinds of tensor lack one attribute or another; each is told by its `problem`
        return None


def memory(value: Any) -> tuple[int, Storage] | None:
    """The address of the memory a tensor looks into, and its description; None for a tensor without memory."""
    storage = value.untyped_storage()
    address: int = storage.data_ptr()
    if not address:
        return None
    number = storage_id(str(value.device), address, storage._cdata, lambda: _Watch(storage))
    offset = int(value.storage_offset()) * value.element_size()
    return address, Storage(id=number, bytes=storage.nbytes(), offset=offset)


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


def _obstacle(torch: Any, walker: Walker, value: Any) -> str | None:
    """Why the elements of a tensor must not be read, in words; None if they may."""
    if not _is_plain(torch, value):
        return f"a {type_name(type(value))} computes its elements in Python or has none: not read"
    if value.layout is not torch.strided:
        return f"its layout is {str(value.layout).removeprefix('torch.')}: not read"
    if value.is_nested or value.is_quantized:
        return f"it is {'nested' if value.is_nested else 'quantized'}: not read"
    if torch._C._functorch.is_functorch_wrapped_tensor(value) or torch._is_functional_tensor(value):
        return "inside vmap, grad or another transform it stands for other tensors: not read"
    device = value.device
    if device.type == "meta":
        return "on the meta device: it has a shape but no elements"
    if device.type != "cpu":
        if not walker.limits.synchronize:
            return f"on {device}: not read, to avoid a synchronisation"
        if device.type == "cuda" and torch.cuda.is_current_stream_capturing():
            return f"on {device}: not read while a CUDA graph is captured"
    if value.numel():
        held = value.untyped_storage().nbytes()
        needed = (value.storage_offset() + stretch(value.shape, value.stride())) * value.element_size()
        if held < needed:
            return "its memory has been released"
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
        picture.stats = _stats(torch, walker, value)
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


def _bits(torch: Any, dtype: Any) -> int:
    """The precision of a dtype in bits, the leading one included."""
    if not (dtype.is_floating_point or dtype.is_complex):
        return 53
    epsilon = _tried(lambda: torch.finfo(dtype).eps)
    return 1 - math.frexp(epsilon)[1] + 1 if epsilon else 53


def _stats(torch: Any, walker: Walker, value: Any) -> Stats:
    """Statistics in float64: of all elements, or of a sample of a large tensor or of one that lies on an accelerator."""
    whole = value.numel()
    most = walker.exact if value.device.type == "cpu" else SAMPLE
    if whole > most and whole > SAMPLE:
        value = value[scattered(value.shape)]
    else:
        walker.exact -= whole
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
        scale=scale,
        approximate=scale > 1,
    )

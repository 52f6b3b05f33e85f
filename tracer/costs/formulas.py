"""FLOPs of an operation, and the formula that they come from, in words and numbers: `2·M·N·K = 2·64·32·16`.

What an operation counts is decided by torch.utils.flop_counter, in its own registry: multiplications and additions of matrix
products, convolutions and attention; everything else counts nothing. Operations of these kinds that the registry has forgotten
(a matrix by a vector, the CPU's fused attention, recurrent layers of oneDNN and cuDNN, what is added in place) are counted here
in its way. Right of the equals sign of a formula stands Python, but for its `·`: it evaluates to the FLOPs.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec, module_from_spec
from math import prod
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tracer.costs.operations import Operation

__all__ = ["FORGOTTEN", "Formula", "flops_of", "registry"]

LIBRARY = "torch.utils.flop_counter"
MOST_KNOWN = 4096
"""Results that are remembered: one a shape of an operation."""

Shape = Sequence[int]
Counter = tuple[Callable[..., int] | None, "Callable[..., Formula] | None"]
"""What counts an operation, and what describes that."""


class Formula(tuple[int, str]):
    """FLOPs, and what they are the product of: the symbols and their numbers."""

    __slots__ = ()

    def __new__(cls, flops: int, text: str) -> Formula:
        return super().__new__(cls, (flops, text))


NOTHING = Formula(0, "")
UNCOUNTED: Counter = (None, None)

_known: dict[Any, Formula] = {}
_counters: dict[str, Counter] = {}
_counted: tuple[Any, int] = (None, 0)
"""The registry, and its length, as of which these two hold."""
_copy: ModuleType | None = None


def registry() -> Mapping[Any, Callable[..., int]]:
    """The library's own formulas, by overload packet; with those that a lecture has registered, if it has.

    Importing the library's module imports Triton, too, and that must happen after a lecture chose to have kernels interpreted:
    so until the lecture imports it, the formulas come from a copy that is made without.
    """
    global _copy
    found = getattr(sys.modules.get(LIBRARY), "flop_registry", None)
    if found:
        return found  # type: ignore[no-any-return]
    if _copy is None:
        _copy = _without_triton()
    return _copy.flop_registry  # type: ignore[no-any-return]


def flops_of(operation: Operation, args: Sequence[Any], kwargs: Mapping[str, Any], out: Any) -> Formula:
    """What a call of `operation` has computed."""
    if _copy is None or LIBRARY in sys.modules:  # else there is nowhere that a lecture could have registered any
        _look_again()
    counter = _counters.get(operation.name)
    if counter is None:
        counter = _counters[operation.name] = _counter(operation)
    if counter is UNCOUNTED:
        return NOTHING
    count, describe = counter
    if count is not None and not hasattr(count, "__wrapped__"):  # one that looks into the tensors themselves
        return _plain(count(*args, **kwargs, out_val=out))
    key = operation.name, _shapes(args), _shapes(tuple(kwargs.items())) if kwargs else None
    try:
        known = _known.get(key)
    except TypeError:  # some argument has no hash
        return _computed(count, describe, args, kwargs, out)
    if known is None:
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        known = _known[key] = _computed(count, describe, args, kwargs, out)
    return known


def _look_again() -> None:
    """Forget what is known if formulas have come since."""
    global _counted
    library = registry()
    if library is not _counted[0] or len(library) != _counted[1]:
        _counted = library, len(library)
        _counters.clear()
        _known.clear()


def _counter(operation: Operation) -> Counter:
    count = registry().get(operation.packet)
    describe = (FORGOTTEN if count is None else DESCRIBED).get(operation.name)
    return UNCOUNTED if count is None and describe is None else (count, describe)


def _computed(
    count: Callable[..., int] | None,
    describe: Callable[..., Formula] | None,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    out: Any,
) -> Formula:
    try:
        described = describe(*_shapes(args), **{"out": _shapes(out), **kwargs}) if describe else None
    except (TypeError, ValueError, IndexError):  # arguments in some way that a formula was not written for
        described = None
    if count is None:
        return described or NOTHING
    flops = int(count(*args, **kwargs, out_val=out))
    return described if described is not None and described[0] == flops else _plain(flops)


def _plain(flops: int) -> Formula:
    return Formula(int(flops), f"{LIBRARY} = {int(flops)}") if flops else NOTHING


def _shapes(value: Any) -> Any:
    """Tensors as their shapes, lists as tuples: arguments by which a count can be looked up."""
    if isinstance(value, tuple | list) and type(value).__name__ != "Size":
        return tuple([getattr(item, "shape", None) or _shapes(item) for item in value])
    return getattr(value, "shape", value)


def _without_triton() -> ModuleType:
    def import_others(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] == "triton":
            return SimpleNamespace(JITFunction=type(None))
        return __import__(name, *rest)

    spec = find_spec(LIBRARY)
    if spec is None or spec.loader is None:
        raise ImportError(f"{LIBRARY} is not there")
    module = module_from_spec(spec)
    module.__dict__["__builtins__"] = {**vars(builtins), "__import__": import_others}
    spec.loader.exec_module(module)
    return module


# ------------------------------------------------------------------------------------------------------------ formulas
# Each takes an operation's arguments, tensors as their shapes.


def _product(symbols: str, *numbers: int) -> Formula:
    return Formula(prod(numbers), f"{symbols} = {'·'.join(map(str, numbers))}")


def _mm(a: Shape, b: Shape, *_rest: Any, **_options: Any) -> Formula:
    (m, k), (_, n) = a, b
    return _product("2·M·N·K", 2, m, n, k)


def _bmm(a: Shape, b: Shape, *_rest: Any, **_options: Any) -> Formula:
    (batch, m, k), (_, _, n) = a, b
    return _product("2·B·M·N·K", 2, batch, m, n, k)


def _mv(a: Shape, _b: Shape, *_rest: Any, **_options: Any) -> Formula:
    m, k = a
    return _product("2·M·K", 2, m, k)


def _dot(a: Shape, _b: Shape, *_rest: Any, **_options: Any) -> Formula:
    return _product("2·K", 2, a[0])


def _added(product: Callable[..., Formula]) -> Callable[..., Formula]:
    """Of a product that something is added to: the addition counts nothing."""

    def formula(_to: Shape, a: Shape, b: Shape, *_rest: Any, **_options: Any) -> Formula:
        return product(a, b)

    return formula


SPATIAL = {1: "K·L", 2: "Kh·Kw·H·W", 3: "Kd·Kh·Kw·D·H·W"}
"""A kernel's sizes, and those of what it is laid over: of what comes out, or in if the convolution is transposed."""


def _convolution(
    x: Shape,
    w: Shape,
    _bias: Any,
    _stride: Any,
    _padding: Any,
    _dilation: Any,
    transposed: bool,
    _output_padding: Any = None,
    groups: int = 1,
    *_rest: Any,
    out: Shape,
    **_options: Any,
) -> Formula:
    return _convolved(x[0], w, (x if transposed else out)[2:], transposed, groups)


def _convolved(batch: int, w: Shape, places: Shape, transposed: bool, groups: int) -> Formula:
    per_group = "/G" if groups > 1 else ""
    channels = f"Cin·Cout{per_group}" if transposed else f"Cout·Cin{per_group}"
    return _product(f"2·N·{channels}·{SPATIAL[len(places)]}", 2, batch, *w, *places)


def _convolution_backward(
    gradient: Shape,
    x: Shape,
    w: Shape,
    _bias: Any,
    _stride: Any,
    _padding: Any,
    _dilation: Any,
    transposed: bool,
    _output_padding: Any,
    groups: int,
    wanted: Sequence[bool],
    **_options: Any,
) -> Formula:
    """As many for the gradient of the input as forward, and as many for that of the weights, which the library counts as if
    there was one group."""
    places = (x if transposed else gradient)[2:]
    of_input = _convolved(x[0], w, places, transposed, groups)
    if wanted[0] and not wanted[1]:
        return of_input
    whole = (w[0], w[1] * groups, *w[2:])
    of_weights = _convolved(x[0], whole, places, transposed, 1)
    if not wanted[0]:
        return of_weights if wanted[1] else NOTHING
    if groups == 1:
        symbols = of_input[1].partition(" = ")[0].removeprefix("2")
        return _product(f"4{symbols}", 4, x[0], *w, *places)
    (symbols, _, numbers), (more, _, further) = of_input[1].partition(" = "), of_weights[1].partition(" = ")
    return Formula(of_input[0] + of_weights[0], f"{symbols} + {more} = {numbers} + {further}")


def _attention(q: Shape, k: Shape, v: Shape, *_rest: Any, **_options: Any) -> Formula:
    """Scores, and what they weigh: two products."""
    return _attended(q, k, v, 1, 1)


def _attention_backward(_gradient: Shape, q: Shape, k: Shape, v: Shape, *_rest: Any, **_options: Any) -> Formula:
    """The scores again, and the gradients of scores, queries, keys and values: five products."""
    return _attended(q, k, v, 3, 2)


def _attended(q: Shape, k: Shape, v: Shape, of_keys: int, of_values: int) -> Formula:
    (batch, heads, queries, dk), keys, dv = q, k[2], v[3]
    if dk == dv:
        each = 2 * (of_keys + of_values)
        return _product(f"{each}·B·H·S·T·D", each, batch, heads, queries, keys, dk)
    flops = 2 * batch * heads * queries * keys * (of_keys * dk + of_values * dv)
    a, b = ("" if n == 1 else f"{n}·" for n in (of_keys, of_values))
    return Formula(
        flops,
        f"2·B·H·S·T·({a}Dk + {b}Dv) = 2·{batch}·{heads}·{queries}·{keys}·({a}{dk} + {b}{dv})",
    )


def _recurrent(x: Shape, w: Shape, hidden: Shape, *_rest: Any, **_options: Any) -> Formula:
    """A layer over a sequence, in one direction: its gates, of the input and of the state."""
    return _gates(2, x, w, hidden)


def _recurrent_backward(x: Shape, w: Shape, hidden: Shape, *_rest: Any, **_options: Any) -> Formula:
    return _gates(4, x, w, hidden)


def _cudnn(x: Shape, weights: Sequence[Shape], *_rest: Any, **_options: Any) -> Formula:
    """All layers over a sequence, in both directions: every weight matrix is applied to every element of it."""
    return _applied(2, x, weights)


def _cudnn_backward(x: Shape, weights: Sequence[Shape], *_rest: Any, **_options: Any) -> Formula:
    return _applied(4, x, weights)


def _applied(each: int, x: Shape, weights: Sequence[Shape]) -> Formula:
    elements = sum(prod(weight) for weight in weights if len(weight) == 2)
    return _product(f"{each}·T·B·P", each, x[0], x[1], elements)


def _gates(each: int, x: Shape, w: Shape, hidden: Shape) -> Formula:
    (steps, batch, inputs), gates, states = x, w[0], hidden[1]
    flops = each * steps * batch * gates * (inputs + states)
    return Formula(flops, f"{each}·T·B·G·(I + H) = {each}·{steps}·{batch}·{gates}·({inputs} + {states})")


DESCRIBED: dict[str, Callable[..., Formula]] = {
    "mm": _mm,
    "_scaled_mm": _mm,
    "addmm": _added(_mm),
    "bmm": _bmm,
    "baddbmm": _added(_bmm),
    "convolution": _convolution,
    "_convolution": _convolution,
    "cudnn_convolution": _convolution,
    "convolution_overrideable": _convolution,
    "convolution_backward": _convolution_backward,
    "_scaled_dot_product_efficient_attention": _attention,
    "_scaled_dot_product_flash_attention": _attention,
    "_scaled_dot_product_cudnn_attention": _attention,
    "_scaled_dot_product_efficient_attention_backward": _attention_backward,
    "_scaled_dot_product_flash_attention_backward": _attention_backward,
    "_scaled_dot_product_cudnn_attention_backward": _attention_backward,
}
"""Formulas in words of what the library counts. Where the two disagree, or there are none here, the number stands alone."""

FORGOTTEN: dict[str, Callable[..., Formula]] = {
    "mv": _mv,
    "dot": _dot,
    "vdot": _dot,
    "addmv": _added(_mv),
    "addbmm": _added(_bmm),
    "_int_mm": _mm,
    "_addmm_activation": _added(_mm),
    "addmm_": _added(_mm),
    "addmv_": _added(_mv),
    "baddbmm_": _added(_bmm),
    "addbmm_": _added(_bmm),
    "_scaled_dot_product_flash_attention_for_cpu": _attention,
    "_scaled_dot_product_flash_attention_for_cpu_backward": _attention_backward,
    "mkldnn_rnn_layer": _recurrent,
    "mkldnn_rnn_layer_backward": _recurrent_backward,
    "_cudnn_rnn": _cudnn,
    "_cudnn_rnn_backward": _cudnn_backward,
}
"""What the library counts nothing for, though it is of the kinds that it counts."""

"""What ranks say to each other: the functions of torch.distributed, each call of which becomes a row of the record.

They do what they do without us, and return what they return; what stands in their place is called `passed_on`, by which
`interrupts` knows it. A row is written before the call, so that one that never returns is in the record, too; what it took is
added afterwards, and who waited for it, when `Work.wait()` returns.
"""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from time import perf_counter_ns
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

from tracer.format.assembly import ENDED, PEER, WAITED
from tracer.ranks.clocks import agree

if TYPE_CHECKING:
    from tracer.events.steps import Steps
    from tracer.imports import Action

__all__ = ["MODULE", "Collectives"]

MODULE = "torch.distributed.distributed_c10d"


class Kind(NamedTuple):
    """The parameters in which a function gets what this rank hands over (of several, those that are given), and, where it
    receives, the room for that; what the other rank is called."""

    gives: tuple[str, ...] = ()
    takes: str = ""
    peer: str = ""


KINDS = {
    "all_reduce": Kind(("tensor",)),
    "all_reduce_coalesced": Kind(("tensors",)),
    "broadcast": Kind(("tensor",)),
    "reduce": Kind(("tensor",)),
    "all_gather": Kind(("tensor",)),
    "all_gather_into_tensor": Kind(("input_tensor",)),
    "all_gather_single": Kind(("input_tensor",)),
    "all_gather_coalesced": Kind(("input_tensor_list",)),
    "gather": Kind(("tensor",)),
    "scatter": Kind(("scatter_list",), "tensor"),
    "reduce_scatter": Kind(("input_list",)),
    "reduce_scatter_tensor": Kind(("input",)),
    "reduce_scatter_single": Kind(("input",)),
    "all_to_all": Kind(("input_tensor_list",)),
    "all_to_all_single": Kind(("input",)),
    "barrier": Kind(),
    "monitored_barrier": Kind(),
    "send": Kind(("tensor",), peer="dst"),
    "isend": Kind(("tensor",), peer="dst"),
    "recv": Kind((), "tensor", peer="src"),
    "irecv": Kind((), "tensor", peer="src"),
}


class Begun(NamedTuple):
    """A row that is not whole yet. `between` is the process group of a `recv` from whoever sends first, and the tag."""

    row: int
    start: int
    between: tuple[Any, int] | None


class Collectives:
    """Records the collectives of one run. `actions()` is what is to be done once their module is imported."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._recorder = steps.recorder
        self._c10d: Any = None
        self._replaced: list[tuple[Any, str, Any]] = []
        self._world = ""
        self._groups: dict[str, int] = {}
        self._sequences: dict[str, int] = {}
        self._works: WeakKeyDictionary[Any, int] = WeakKeyDictionary()
        self._inside = threading.local()
        self._has_device = False

    def actions(self) -> dict[str, Action]:
        return {MODULE: self._imported}

    @contextmanager
    def recorded(self) -> Iterator[None]:
        """Within, they are; afterwards, all is as it was."""
        try:
            yield
        finally:
            for owner, name, original in reversed(self._replaced):
                setattr(owner, name, original)
            self._replaced = []

    def _imported(self, c10d: ModuleType) -> None:
        import sys

        self._c10d = c10d
        if not hasattr(c10d, "ProcessGroup"):  # a torch that was built without
            return
        public = sys.modules.get("torch.distributed")
        for name, kind in KINDS.items():
            if (original := getattr(c10d, name, None)) is not None:
                self._replace((c10d, public), name, original, self._recording(name, kind, original))
        begin = c10d.init_process_group
        self._replace((c10d, public), "init_process_group", begin, self._joining(begin))
        wait = c10d.Work.wait
        self._replace((c10d.Work,), "wait", wait, self._waiting(wait))

    def _replace(self, owners: Iterable[Any], name: str, original: Any, by: Any) -> None:
        for owner in owners:
            if owner is not None and getattr(owner, name, None) is original:
                self._replaced.append((owner, name, original))
                setattr(owner, name, by)

    # ------------------------------------------------------------------------------------------------- in place of theirs

    def _recording(self, name: str, kind: Kind, original: Callable[..., Any]) -> Callable[..., Any]:
        signature = inspect.signature(original)

        @functools.wraps(original)
        def passed_on(*args: Any, **kwargs: Any) -> Any:
            if self._recorder.closed or getattr(self._inside, "one", False):
                return original(*args, **kwargs)
            begun = self._guarded(self._begin, name, kind, signature, args, kwargs)
            result = None
            try:
                self._inside.one = True
                result = original(*args, **kwargs)
            finally:
                self._inside.one = False
                if begun is not None:
                    self._guarded(self._end, begun, perf_counter_ns(), result)
                    self._guarded(self._tell_recording)  # what comes after it is then after it on every lane
            return result

        return passed_on

    def _joining(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def passed_on(*args: Any, **kwargs: Any) -> Any:
            result = original(*args, **kwargs)
            self._guarded(self._join)
            self._guarded(self._tell_recording)
            return result

        return passed_on

    def _waiting(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def passed_on(work: Any, *args: Any, **kwargs: Any) -> Any:
            row = None if self._recorder.closed else self._works.pop(work, None)
            if row is None:
                return original(work, *args, **kwargs)
            start = perf_counter_ns()
            step = self._guarded(self._begin_wait, row, start)
            try:
                return original(work, *args, **kwargs)
            finally:
                if step is not None:
                    ended = perf_counter_ns()
                    self._guarded(self._recorder.collective_tells, WAITED, row, step, start, ended - start)
                    self._guarded(self._tell_recording)

        return passed_on

    def _guarded(self, action: Callable[..., Any], *arguments: Any) -> Any:
        """Do it without being charged to the lecture. A fault of ours ends the recording, not the lecture."""
        entered = perf_counter_ns()
        try:
            if not self._recorder.closed:
                return action(*arguments)
        except Exception as error:
            self._recorder.fail(error)
        finally:
            self._steps.exclude(perf_counter_ns() - entered)
        return None

    # ------------------------------------------------------------------------------------------------------ what is told

    def _tell_recording(self) -> None:
        """How much time recording has taken so far: in real time it counts."""
        self._recorder.recording_took(perf_counter_ns() - self._steps.clock())

    def _join(self) -> None:
        """This process is in a process group, the first or a new one: it is a rank."""
        c10d = self._c10d
        rank, size = c10d.get_rank(), c10d.get_world_size()
        self._groups.clear()
        self._sequences.clear()
        try:
            self._world, offset, error = agree(c10d._get_default_store(), rank, size)
        except Exception as problem:  # one of the others is not recorded, or the store is no common one
            reason = (str(problem).splitlines() or [""])[0][:200]
            self._world, offset, error = f"{self._recorder.run}/{rank}", 0, -1
            self._recorder.notice(
                "The ranks could not compare their clocks, so what they said to each other is not linked "
                f"({type(problem).__name__}: {reason})."
            )
        self._recorder.became_rank(rank, size, self._world, offset, error)

    def _begin(
        self, name: str, kind: Kind, signature: inspect.Signature, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Begun | None:
        """Write the row of a call, unless it is not for this rank, or nothing of its line is recorded any more."""
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError:  # the call is about to say so itself
            return None
        bound.apply_defaults()
        given = bound.arguments
        c10d = self._c10d
        group = given.get("group")
        if group is None:
            group = c10d._get_default_group() if c10d.is_initialized() else None
        if not isinstance(group, c10d.ProcessGroup):
            return None
        if not self._world:  # joined before recording began
            self._join()
        ranks = c10d.get_process_group_ranks(group)
        peer, between = -1, None
        number, sequence = -1, 0
        if kind.peer:
            peer = self._peer(kind.peer, given, ranks)
            if peer < 0:
                between = group, given.get("tag") or 0
            else:
                number, sequence = self._pair(group, given.get("tag") or 0, kind.peer == "src", peer)
        else:
            number, sequence = self._next(f"{group.group_name}", ranks)
        activation = self._steps.current() or self._steps.current(threading.main_thread().ident)
        if activation is None or activation.skipping:
            return None
        tensors = [tensor for parameter in kind.gives for tensor in _tensors(given.get(parameter))]
        tensors = tensors or list(_tensors(given.get(kind.takes)))
        if tensors and not self._has_device:
            self._has_device = True
            self._recorder.worked_on(str(tensors[0].device))
        size = sum(tensor.numel() * tensor.element_size() for tensor in tensors)
        is_asynchronous = int(name in ("isend", "irecv") or bool(given.get("async_op")))
        operation = _operation(given["op"]) if "op" in given else ""
        start = perf_counter_ns()
        cells = (number, sequence, peer, size, start, -1, is_asynchronous)
        row = self._recorder.collective_begins(activation.step, name, operation, cells, start - self._steps.clock())
        return Begun(row, perf_counter_ns(), between)

    def _end(self, begun: Begun, now: int, result: Any) -> None:
        self._recorder.collective_tells(ENDED, begun.row, now - begun.start)
        if begun.between is not None and isinstance(result, int) and result >= 0:
            number, sequence = self._pair(*begun.between, True, result)
            self._recorder.collective_tells(PEER, begun.row, number, sequence, result)
        elif isinstance(result, self._c10d.Work):
            with suppress(TypeError):
                self._works[result] = begun.row

    def _begin_wait(self, row: int, start: int) -> int | None:
        activation = self._steps.current() or self._steps.current(threading.main_thread().ident)
        if activation is None or activation.skipping:
            return None
        self._recorder.collective_tells(WAITED, row, activation.step, start, -1)
        return activation.step

    def _peer(self, which: str, given: dict[str, Any], ranks: list[int]) -> int:
        """The other rank, among all; -1 if it may be any."""
        peer = given.get(which)
        if peer is not None:
            return int(peer)
        inside = given.get(f"group_{which}")
        return -1 if inside is None or not 0 <= inside < len(ranks) else ranks[inside]

    def _pair(self, group: Any, tag: int, receives: bool, peer: int) -> tuple[int, int]:
        """The group and the sequence of what goes from one rank to another."""
        here = self._c10d.get_rank()
        pair = [peer, here] if receives else [here, peer]
        return self._next(f"{group.group_name}/{pair[0]}>{pair[1]}/{tag}", pair)

    def _next(self, key: str, ranks: list[int]) -> tuple[int, int]:
        number = self._groups.get(key)
        if number is None:
            number = self._groups[key] = self._recorder.add_group(f"{self._world}/{key}", list(ranks))
        sequence = self._sequences.get(key, 0)
        self._sequences[key] = sequence + 1
        return number, sequence


def _tensors(given: Any) -> Iterator[Any]:
    """The tensors in an argument: one, a list of them, a list of lists."""
    if isinstance(given, list | tuple):
        for item in given:
            yield from _tensors(item)
    elif hasattr(given, "element_size"):
        yield given


def _operation(op: Any) -> str:
    """`sum`, `avg`, … of a ReduceOp."""
    name = getattr(op, "name", None) or str(getattr(op, "op", op))
    return str(name).rpartition(".")[2].strip("<>: 0123456789").lower()

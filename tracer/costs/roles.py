"""What tensors are for: parameters, their gradients, an optimizer's state, activations.

Parameters are `nn.Parameter`s, and leaf tensors that require grad. They are met where a module registers them, where an
operation reads them and where an optimizer steps. Gradients are what lies in their `.grad`, an optimizer's state what lies in
its `.state`: both are looked up when the figures are wanted and something may have changed. Nothing here keeps a tensor or an
optimizer alive, and no code of the lecture's runs.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Iterator
from itertools import chain
from typing import Any

from tracer.costs.storages import ACTIVATIONS, GRADIENTS, OPTIMIZER, OTHER, PARAMETER, PARAMETERS, Held, Storages

__all__ = ["Roles"]

DEEPEST = 4
"""How deep into the state of one parameter tensors are looked for."""


class Roles:
    """`parameters`: those that are known, by `id`. `unsure`: a gradient may have come or gone since roles were last brought up to
    date; `young`: tensors made since whose role is not certain yet.
    """

    def __init__(self, storages: Storages) -> None:
        self.parameters: dict[int, weakref.ref[Any]] = {}
        self.unsure = False
        self._storages = storages
        self._sizes: set[int] = set()
        self.young: list[weakref.ref[Any]] = []
        self._registered: list[weakref.ref[Any]] = []
        self._stepping: dict[int, weakref.ref[Any]] = {}
        self._stepped: dict[int, weakref.ref[Any]] = {}
        self._gradients: list[Held] = []
        self._turn = 0
        self._hooks: list[Any] = []

    # ------------------------------------------------------------------------------------------------- what torch tells

    def start(self) -> None:
        """Have torch tell of modules' parameters and of optimizers' steps."""
        if not self._hooks:
            modules: Any = sys.modules["torch.nn.modules.module"]
            optimizers: Any = sys.modules["torch.optim.optimizer"]  # `torch.optim` has no such attribute
            self._hooks = [
                modules.register_module_parameter_registration_hook(self._on_register),
                optimizers.register_optimizer_step_pre_hook(self._on_step),
                optimizers.register_optimizer_step_post_hook(self._on_stepped),
            ]

    def stop(self) -> None:
        """Have it told no more."""
        hooks, self._hooks = self._hooks, []
        for hook in hooks:
            hook.remove()

    def _on_register(self, _module: Any, _name: str, parameter: Any) -> None:
        if parameter is not None:
            self._registered.append(weakref.ref(parameter))
            self._storages.moved = True

    def _on_step(self, optimizer: Any, _arguments: Any, _keywords: Any) -> None:
        self._stepping[id(optimizer)] = weakref.ref(optimizer)
        self._storages.moved = True

    def _on_stepped(self, optimizer: Any, _arguments: Any, _keywords: Any) -> None:
        self._stepping.pop(id(optimizer), None)
        self._stepped[id(optimizer)] = weakref.ref(optimizer)
        self._storages.moved = True

    # ---------------------------------------------------------------------------------------------- what operations tell

    def learn(self, tensor: Any, held: Held, backward: bool) -> None:
        """An operation has read `tensor`, which requires grad or is a parameter.

        A leaf in the backward pass is none, unless it says so: checkpointing makes leaves of activations to run again.
        """
        if tensor.is_leaf:
            if not backward or self._storages.kinds.get(type(tensor)) == PARAMETER:
                self.track(tensor, held)
        elif held.role == OTHER:
            base = tensor._base if tensor._is_view() else None
            if base is not None and base.is_leaf and base.requires_grad:
                self.track(base, held)
            else:  # of a custom function, which made it where no graph was recorded
                self._storages.assign(held, ACTIVATIONS)

    def made(self, tensor: Any, held: Held, backward: bool, from_others: bool) -> None:
        """An operation has made `tensor`, in new memory. `from_others`: from what requires grad and is no parameter.

        It may yet be given to a parameter as its gradient; be made a leaf that requires grad; or, made from parameters alone,
        turn out to have nothing to do with their graph, as `zeros_like` does.
        """
        if held.size in self._sizes:
            self.unsure = True
        if not (backward or from_others):
            self.young.append(weakref.ref(tensor))

    def track(self, parameter: Any, held: Held) -> None:
        """`parameter` is one, and `held` its storage."""
        known = self.parameters.get(id(parameter))
        if known is None or known() is not parameter:
            self.parameters[id(parameter)] = weakref.ref(parameter)
            self._sizes.add(parameter.nbytes)
            self.unsure = self._storages.moved = True
        if held.role in (OTHER, ACTIVATIONS) or self._storages.kinds.get(type(parameter)) == PARAMETER:
            self._storages.assign(held, PARAMETERS)

    # ------------------------------------------------------------------------------------------- what is so, at this moment

    def settle(self) -> None:
        """Bring the role of every storage up to date."""
        storages = self._storages
        self._take_up()
        if storages.lost[PARAMETERS]:  # perhaps to be replaced, as `module.to` does
            storages.lost[PARAMETERS] = False
            for parameter in self._alive():
                held = storages.find(parameter)
                if held is not None:
                    self.track(parameter, held)
        if self._stepping or self._stepped:
            self._look_at_optimizers()
        if self.unsure or storages.lost[GRADIENTS]:
            self.unsure = storages.lost[GRADIENTS] = False
            self._look_at_gradients()

    def _take_up(self) -> None:
        storages = self._storages
        registered, self._registered = self._registered, []
        for reference in registered:
            self._meet(reference())
        young, self.young = self.young, []
        for reference in young:
            tensor = reference()
            if tensor is None:
                continue
            held = storages.find(tensor)
            if held is not None and tensor.requires_grad:
                self.learn(tensor, held, False)
            elif held is not None and held.role == ACTIVATIONS:
                storages.assign(held, OTHER)

    def _meet(self, parameter: Any) -> None:
        if parameter is not None:
            held = self._storages.find(parameter)
            if held is not None:
                self.track(parameter, held)

    def _alive(self) -> Iterator[Any]:
        for key, reference in list(self.parameters.items()):
            parameter = reference()
            if parameter is None:
                del self.parameters[key]
            else:
                yield parameter

    def _look_at_gradients(self) -> None:
        storages = self._storages
        self._turn += 1
        now = []
        for parameter in self._alive():
            gradient = parameter.grad
            if gradient is not None:
                held = storages.find(gradient)
                if held is not None and held.role != PARAMETERS and held.mark != self._turn:
                    held.mark = self._turn
                    storages.assign(held, GRADIENTS)
                    now.append(held)
        for held in self._gradients:
            if held.mark != self._turn and held.role == GRADIENTS:
                storages.assign(held, OTHER)
        self._gradients = now

    def _look_at_optimizers(self) -> None:
        """At the states of those that have stepped; and of those within their step, at what they have made last."""
        stepped, self._stepped = self._stepped, {}
        for reference in stepped.values():
            optimizer = reference()
            if optimizer is not None:
                for parameter in _parameters_of(optimizer):
                    known = self.parameters.get(id(parameter))
                    if known is None or known() is not parameter:
                        self._meet(parameter)
                for state in list(_state_of(optimizer).values()):
                    self._owns(state)
        for reference in self._stepping.values():
            states = _state_of(reference())
            if states:
                self._owns(states[next(reversed(states))])

    def _owns(self, state: Any) -> None:
        storages = self._storages
        for tensor in _tensors(state, storages.torch.Tensor, DEEPEST):
            held = storages.find(tensor)
            if held is not None and held.role in (OTHER, ACTIVATIONS):
                storages.assign(held, OPTIMIZER)


def _fields(optimizer: Any) -> dict[str, Any]:
    return object.__getattribute__(optimizer, "__dict__") if optimizer is not None else {}


def _state_of(optimizer: Any) -> dict[Any, Any]:
    state = _fields(optimizer).get("state")
    return state if isinstance(state, dict) else {}


def _parameters_of(optimizer: Any) -> list[Any]:
    groups = _fields(optimizer).get("param_groups")
    lists = [group.get("params") for group in groups if type(group) is dict] if type(groups) is list else []
    return list(chain.from_iterable(parameters for parameters in lists if type(parameters) is list))


def _tensors(state: Any, cls: type, depth: int) -> Iterator[Any]:
    """The tensors in nested dicts, lists and tuples."""
    if isinstance(state, cls):
        yield state
    elif depth and type(state) in (dict, list, tuple):
        for item in list(state.values() if type(state) is dict else state):
            yield from _tensors(item, cls, depth - 1)

"""Loops over an argument, in an interpreter as Triton 3.6 had it."""

import numpy
import pytest
import torch
import triton
from triton.runtime import interpreter

from lectures.lm.kernels import simple
from lectures.lm.kernels.interpreter import mend_loops
from tests.lectures.lm.kernels.agreement import DEVICE, numbers

pytestmark = pytest.mark.skipif(DEVICE != "cpu", reason="kernels are compiled here, not interpreted")


@pytest.fixture
def as_before(monkeypatch):
    """Every number of a kernel is an array of one, and asked for as an int: the line that 3.7 changed."""
    patch = interpreter._patch_lang_tensor

    def older(tensor, *scope):
        patch(tensor, *scope)
        tensor.__index__ = lambda self: int(self.handle.data)

    monkeypatch.setattr(interpreter, "_patch_lang_tensor", older)
    monkeypatch.setattr(triton, "__version__", "3.6.0")
    return older


@pytest.mark.filterwarnings("ignore:Conversion of an array:DeprecationWarning")
def test_without_the_mend_a_newer_numpy_refuses(as_before):
    if tuple(map(int, numpy.__version__.split(".")[:2])) < (2, 4):
        pytest.skip("this NumPy still makes an int of an array of one number")
    with pytest.raises(interpreter.InterpreterError, match="0-dimensional"):
        simple.long_softmax(numbers(2, 40), block=16)


def test_with_it_loops_run(as_before):
    mend_loops()
    x = numbers(2, 40)
    assert torch.allclose(simple.long_softmax(x, block=16), x.softmax(-1), atol=1e-6)
    assert not hasattr(triton.language.tensor, "__index__")  # after the launch all is as it was


def test_it_is_put_on_once_and_only_where_it_is_needed(as_before, monkeypatch):
    mend_loops()
    mended = interpreter._patch_lang_tensor
    assert mended is not as_before
    mend_loops()
    assert interpreter._patch_lang_tensor is mended
    monkeypatch.setattr(interpreter, "_patch_lang_tensor", as_before)
    monkeypatch.setattr(triton, "__version__", "3.10.0")
    mend_loops()
    assert interpreter._patch_lang_tensor is as_before

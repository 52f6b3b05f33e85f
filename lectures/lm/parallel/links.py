"""What ranks talk through, by published speeds, and how long messages take: a start-up time and so many bytes a second."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

__all__ = ["LINKS", "Line", "Link", "fit_line"]


@dataclass(frozen=True)
class Link:
    """One kind of connection of a GPU. Bytes a second in one direction, all its lanes together, as its maker says."""

    name: str
    bandwidth: float
    between: str
    source: str


LINKS = {
    link.name: link
    for link in (
        Link(
            "NVLink 4",
            450e9,
            "GPUs of one H100 server",
            "https://resources.nvidia.com/en-us-tensor-core/nvidia-tensor-core-gpu-datasheet",
        ),
        Link(
            "PCIe 5 ×16",
            64e9,
            "a GPU and its host",
            "https://resources.nvidia.com/en-us-tensor-core/nvidia-tensor-core-gpu-datasheet",
        ),
        Link(
            "InfiniBand NDR",
            50e9,
            "servers, a card a GPU",
            "https://docs.nvidia.com/dgx/dgxh100-user-guide/introduction-to-dgxh100.html",
        ),
        Link(
            "Ethernet, 10 Gb/s",
            1.25e9,
            "machines of an office",
            "https://www.ieee802.org/3/ae/",
        ),
    )
}
"""Data sheets print both directions of NVLink and PCIe added up (900 and 128 GB/s), and networks in bits (400 Gb/s)."""


@dataclass(frozen=True)
class Line:
    """Seconds of a message: `latency`, and one second for each `bandwidth` bytes. The α and the 1/β of the α-β model."""

    latency: float
    bandwidth: float

    def seconds(self, size: float) -> float:
        return self.latency + size / self.bandwidth

    @property
    def half_size(self) -> float:
        """Bytes of the message that takes as long to start as to travel: smaller ones waste the link."""
        return self.latency * self.bandwidth


def fit_line(sizes: Sequence[float], seconds: Sequence[float]) -> Line:
    """The line through measured times that is off by as little as possible, each time in proportion to itself.

    Least squares of the *relative* errors: otherwise the largest message alone would decide. Raises ValueError if longer messages
    did not take longer.
    """
    took = torch.tensor(seconds, dtype=torch.float64)
    columns = torch.stack([torch.ones_like(took), torch.tensor(sizes, dtype=torch.float64)], dim=1)
    latency, per_byte = torch.linalg.lstsq(columns / took[:, None], torch.ones_like(took)[:, None]).solution[:, 0]
    if per_byte <= 0:
        raise ValueError("Longer messages did not take longer: measure again, with sizes farther apart.")
    return Line(max(float(latency), 0.0), 1 / float(per_byte))

"""The project here: where its traces and runs lie, and which clusters it knows."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass, replace
from pathlib import Path

from tracer.cluster.settings import Cluster, OwnSettings, SettingsProblem, local_cluster, read_clusters

__all__ = ["Project"]


@dataclass(frozen=True)
class Project:
    """The project's folder, and the file that says where its clusters are."""

    folder: Path
    config: Path

    @property
    def traces(self) -> Path:
        return self.folder / "var/traces"

    @property
    def runs(self) -> Path:
        return self.folder / "var/cluster"

    def cluster(self, options: argparse.Namespace, lecture: str | None = None) -> Cluster:
        """The cluster that a command means, as a lecture needs it. Raises SettingsProblem."""
        if getattr(options, "local", False):
            if options.set or options.cluster:
                raise SettingsProblem("--set and --cluster say how to run on a cluster: they do not go with --local.")
            own = read_clusters(self.config).own(lecture) if self.config.exists() else OwnSettings()
            return replace(
                local_cluster(self.folder),
                arguments=own.arguments,
                ranks_per_node=own.ranks_per_node,
                launch="python" if own.launch == "python" else "torchrun",  # srun is Slurm's
            )
        return read_clusters(self.config).cluster(
            options.cluster or os.environ.get("LECTURE_CLUSTER"), lecture, options.set
        )

"""`clusters.yaml`: which clusters there are, and what a lecture asks of one. Read and checked here, typed everywhere else."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import yaml

from tracer.cluster.typed_yaml import SettingsProblem, composed, entry, nearest, over, read

__all__ = [
    "EXAMPLE",
    "Cluster",
    "Clusters",
    "Env",
    "Fetch",
    "OwnSettings",
    "Sbatch",
    "SettingsProblem",
    "Sync",
    "local_cluster",
    "read_clusters",
]

EXAMPLE = "tracer/cluster/clusters.example.yaml"
Launch = Literal["python", "srun", "torchrun"]


@dataclass(frozen=True)
class Sbatch:
    """What Slurm is asked for. A null is not asked for at all: the cluster's own default serves."""

    partition: str | None = None
    account: str | None = None
    qos: str | None = None
    time: str | None = "00:30:00"
    """Hours, minutes, seconds; or days-hours; or minutes."""
    nodes: int = 1
    gpus_per_node: str | None = None
    """A number, or a kind and a number: h100:2."""
    cpus_per_rank: int = 1
    mem: str | None = None
    """Of each node: 16G."""
    constraint: str | None = None
    requeue: bool = False
    """Whether Slurm may start the lecture again from its beginning, after a preemption or a node that failed."""
    warning_seconds: int = 60
    """So long before the time limit the lecture is stopped, and its trace written. 0: never."""
    extra: tuple[str, ...] = ()
    """Other options of sbatch, as it takes them."""


@dataclass(frozen=True)
class Env:
    """What there must be where a lecture runs."""

    modules: tuple[str, ...] = ()
    setup: tuple[str, ...] = ()
    """Lines of bash, after the modules are loaded."""
    python: str = "python3"
    venv: str | None = None
    """A folder: made on the login node out of `requirements` when it is not there. `{root}` and `{hash}` (of the
    requirements) stand in it."""
    requirements: str = "requirements.txt"
    installer: Literal["pip", "uv"] = "pip"
    container: str | None = None
    """The beginning of a command that runs the rest of it in a container."""
    vars: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sync:
    """What of the project goes to the cluster. `exclude` are patterns of rsync; `cache` are folders that all runs share."""

    include: tuple[str, ...] = ("execute.py", "tracer", "lectures", "requirements.txt")
    exclude: tuple[str, ...] = ("__pycache__", "*.pyc", ".*", "node_modules")
    cache: tuple[str, ...] = ("var/cache",)


@dataclass(frozen=True)
class Fetch:
    every_seconds: float = 3.0
    """How often the partial trace of a running lecture is made anew, at most. 0: only at the end."""


@dataclass(frozen=True)
class Cluster:
    """A cluster as one lecture needs it."""

    host: str | None
    """Any name that ssh knows; None: this machine."""
    root: str = "~/lectures"
    scheduler: Literal["slurm", "none"] = "slurm"
    poll_seconds: float = 30.0
    """Between two questions to Slurm, once a minute has passed. Files are looked at more often: they cost Slurm nothing."""
    sbatch: Sbatch = Sbatch()
    env: Env = Env()
    sync: Sync = Sync()
    fetch: Fetch = Fetch()
    launch: Launch = "python"
    ranks_per_node: int = 1
    arguments: tuple[str, ...] = ()
    """Of execute.py."""
    name: str = ""

    @property
    def place(self) -> str:
        return self.host or "this machine"


@dataclass(frozen=True)
class OwnSettings:
    """What a lecture may say of its own."""

    sbatch: Sbatch = Sbatch()
    env: Env = Env()
    fetch: Fetch = Fetch()
    launch: Launch = "python"
    ranks_per_node: int = 1
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Clusters:
    """The file, its parts still unmerged: a lecture's own settings lie over those of the cluster."""

    default: str
    clusters: dict[str, yaml.Node]
    lectures: dict[str, yaml.Node]
    file: str

    def cluster(self, name: str | None, lecture: str | None = None, sets: Sequence[str] = ()) -> Cluster:
        """The cluster `name` (None: the default) for a lecture; `sets` are overrides such as `sbatch.time=10`.

        Raises SettingsProblem.
        """
        name = name or self.default
        if name not in self.clusters:
            raise SettingsProblem(f"{self.file} has no cluster {name!r}: {nearest(name, self.clusters)}")
        node = self.clusters[name]
        read(Cluster, node, f"the cluster {name}")  # what is wrong below must be told, too
        if lecture is not None and lecture in self.lectures:
            node = over(self.lectures[lecture], node)
        for each in sets:
            node = over(_set(each), node)
        return _checked(read(Cluster, node, f"the cluster {name}"), name, self.file)

    def own(self, lecture: str | None) -> OwnSettings:
        """What a lecture says of its own, wherever it runs. Raises SettingsProblem."""
        node = self.lectures.get(lecture or "")
        return OwnSettings() if node is None else read(OwnSettings, node, f"the lecture {lecture}")


@dataclass(frozen=True)
class _File:
    clusters: dict[str, Cluster]
    default: str | None = None
    lectures: dict[str, OwnSettings] = field(default_factory=dict)


def read_clusters(path: Path) -> Clusters:
    """The clusters that a file tells of. Raises SettingsProblem, also where there is none."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SettingsProblem(
            f"There is no {path.name} in {path.parent}, which says where the cluster is: "
            f"cp {EXAMPLE} {path.name}, and write your own into it."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsProblem(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from None
    root = composed(text, path.name)
    known = read(_File, root, path.name)
    if not known.clusters:
        raise SettingsProblem(f"{path.name} names no cluster: write one below `clusters:`.")
    default = known.default or next(iter(known.clusters))
    if default not in known.clusters:
        raise SettingsProblem(f"`default` of {path.name} is {default!r}: {nearest(default, known.clusters)}")
    return Clusters(default, _entries(root, "clusters"), _entries(root, "lectures"), path.name)


def local_cluster(project: Path) -> Cluster:
    """This machine, without ssh and without Slurm."""
    return Cluster(
        host=None,
        root=str(project / "var/cache/local"),
        scheduler="none",
        poll_seconds=1.0,
        env=Env(python=sys.executable),
        name="local",
    )


def _entries(root: yaml.MappingNode, key: str) -> dict[str, yaml.Node]:
    node = entry(root, key)
    return {name.value: value for name, value in node.value} if isinstance(node, yaml.MappingNode) else {}


def _set(text: str) -> yaml.Node:
    """`sbatch.time=10`, as the mapping that it abbreviates."""
    keys, equals, value = text.partition("=")
    if not equals or not all(keys.split(".")):
        raise SettingsProblem(f"--set {text}: write a key and a value, such as --set sbatch.time=00:10:00.")
    for key in reversed(keys.split(".")):
        value = f"{{{key}: {value or 'null'}}}"
    return composed(value, f"--set {text}")


_TIME = re.compile(r"\d+(-\d+(:\d\d){0,2})?|\d+(:\d\d){1,2}")


def _checked(cluster: Cluster, name: str, file: str) -> Cluster:
    """What types do not say. Raises SettingsProblem."""

    def wrong(key: str, expected: str) -> SettingsProblem:
        return SettingsProblem(f"{file}: `{key}` of the cluster {name} must be {expected}.")

    if cluster.host is not None and not re.fullmatch(r"[^\s-]\S*", cluster.host):
        raise wrong("host", "a name that ssh knows, such as login.example.org or me@login")
    if not re.fullmatch(r"(~/|/)\S*", cluster.root):
        raise wrong("root", "a folder on the cluster that begins with / or ~/, without spaces")
    if cluster.sbatch.time is not None and not _TIME.fullmatch(cluster.sbatch.time):
        raise wrong("sbatch.time", "hours, minutes and seconds, such as 00:30:00, or days, such as 1-00")
    if cluster.sbatch.nodes < 1:
        raise wrong("sbatch.nodes", "1 or more")
    if cluster.ranks_per_node < 1 or cluster.sbatch.cpus_per_rank < 1:
        raise wrong("ranks_per_node` and `sbatch.cpus_per_rank", "1 or more")
    if cluster.launch == "python" and (cluster.ranks_per_node > 1 or cluster.sbatch.nodes > 1):
        raise wrong("launch", "srun or torchrun, since it asks for more than one rank: python starts one process")
    if cluster.launch != "python" and cluster.scheduler == "none" and cluster.launch == "srun":
        raise wrong("launch", "python or torchrun, since `scheduler` is none and srun belongs to Slurm")
    for option, value in vars(cluster.sbatch).items():
        if isinstance(value, str) and re.search(r"\s", value):
            raise wrong(f"sbatch.{option}", "one word")
    for option in cluster.sbatch.extra:
        if not re.fullmatch(r"--?[a-zA-Z]\S*", option):
            raise wrong(
                "sbatch.extra", f"a list of options of sbatch, each in one word such as --exclude=n3, not {option!r}"
            )
    for key in cluster.env.vars:
        if not re.fullmatch(r"[A-Za-z_]\w*", key):
            raise wrong("env.vars", f"names of variables and their values, and {key!r} is no such name")
    for each in (*cluster.sync.include, *cluster.sync.cache):
        if not _is_inside(each):
            raise wrong("sync", f"paths inside the project, and {each!r} is not")
    if cluster.env.container is not None:
        try:
            shlex.split(cluster.env.container)
        except ValueError:
            raise wrong("env.container", "the beginning of a command, and its quotes are not in pairs") from None
    return Cluster(**{**vars(cluster), "name": name})


def _is_inside(path: str) -> bool:
    parts: Iterable[str] = path.split("/")
    return bool(path) and not path.startswith(("/", "-", "~")) and ".." not in parts

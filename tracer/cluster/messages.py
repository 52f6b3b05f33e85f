"""What ssh, rsync and Slurm say when something is wrong, as one sentence with the key or the command that mends it.

What a program said itself is always shown beside it: nothing is known better than by those who refused.
"""

# ruff: noqa: E501 - a row of a table is a line

from __future__ import annotations

import re

__all__ = ["AMBIGUOUS", "NO_ROOM", "REMEDY", "file_problem", "rsync_problem", "sbatch_problem", "ssh_problem"]

NO_ROOM = r"No space left on device|Disk quota exceeded"
"""A pattern (of grep -E, too) for what programs say whose disk, or whose share of it, is full."""
REMEDY = "`./remote_execute.sh clean`, or change `root` in clusters.yaml"
"""What makes room on the cluster."""

FINAL = True
SSH = (
    (r"Could not resolve hostname", "{host} is no name that ssh knows: mend `host` in clusters.yaml, or write a `Host {host}` into ~/.ssh/config.", FINAL),
    (r"REMOTE HOST IDENTIFICATION HAS CHANGED", "The key of {host} is not the one that this machine knows: ask whoever runs it, and only then `ssh-keygen -R {host}`.", FINAL),
    (r"Host key verification failed", "This machine does not know the key of {host} yet: log in once by hand, `ssh {host}`, and compare it.", FINAL),
    (r"Permission denied|Too many authentication failures", "{host} does not let you in: try `ssh {host}` by hand, and put user and key into ~/.ssh/config.", FINAL),
    (r"Bad configuration option|terminating, \d+ bad configuration", "Your ~/.ssh/config has a mistake: `ssh {host}` says which.", FINAL),
    (r"Connection refused", "{host} refuses the connection: its sshd is down, or listens at another port (`Port` in ~/.ssh/config)", False),
    (r"timed out|not responding", "{host} does not answer", False),
    (r"No route to host|Network is unreachable", "There is no way to {host} through the network: is a VPN needed?", False),
)  # fmt: skip

SBATCH = (
    (r"invalid partition", "there is no such partition: change `sbatch.partition`; `sinfo -s` on {host} lists them."),
    (r"Invalid account or account/partition", "the account may not use this partition: set `sbatch.account`; `sacctmgr show assoc user=$USER` on {host} lists yours."),
    (r"Invalid qos", "there is no such quality of service for you: change `sbatch.qos`."),
    (r"QOSMax|AssocMax|AssocGrp|QOSGrp|accounting/QOS policy|Job violates", "it asks for more than your account or quality of service allows: lower `sbatch.time`, `sbatch.gpus_per_node` or `sbatch.nodes`, or change `sbatch.qos`."),
    (r"Invalid feature", "no node has such a feature: change `sbatch.constraint`."),
    (r"Invalid generic resource|gres", "no node has such GPUs: change `sbatch.gpus_per_node`; `sinfo -o '%P %G'` on {host} lists them."),
    (r"Requested time limit is invalid|time limit", "the partition does not allow so long a time: lower `sbatch.time`."),
    (r"Memory specification|memory", "no node has so much memory: lower `sbatch.mem`."),
    (r"More processors requested|CPU count", "no node has so many processors: lower `sbatch.cpus_per_rank` or `ranks_per_node`."),
    (r"Node count specification invalid|node count", "the partition does not have so many nodes: lower `sbatch.nodes`."),
    (r"Requested node configuration is not available", "no node of the partition has all that is asked for together: lower `sbatch.gpus_per_node`, `sbatch.mem` or `sbatch.cpus_per_rank`."),
    (r"unrecognized option|invalid option|Invalid .*(specification|directive)", "sbatch does not know an option: look at `sbatch.extra`."),
    (r"Access/permission denied|not permitted to use", "you may not use it: change `sbatch.partition` or `sbatch.account`."),
    (r"command not found|No such file or directory.*sbatch", "there is no sbatch on {host}: is it the login node of a Slurm cluster (`host`)? If there is no Slurm, write `scheduler: none`."),
    (NO_ROOM, f"there is no room on {{host}}: {REMEDY}."),
)  # fmt: skip

AMBIGUOUS = (
    r"Socket timed out|Unable to contact slurm controller|Zero Bytes were transmitted|Connection timed out|"
    r"Connection refused|Transport endpoint|Unexpected message received|slurm_receive_msg|Resource temporarily unavailable"
)
"""A pattern (of grep -E, too) for what sbatch says when nobody knows whether the job was submitted."""

RSYNC = (
    (r"is your shell clean|protocol version mismatch", "the shell start-up of {host} prints something, which rsync cannot bear: put `[[ $- == *i* ]] || return` at the top of ~/.bashrc there."),
    (NO_ROOM + r"|\(28\)|\(122\)", "there is no room {where}: {remedy}."),
    (r"command not found|rsync: not found", "there is no rsync on {host}: install it, or load its module in ~/.bashrc there."),
    (r"Permission denied", "a folder may not be written {where}: look at `root` in clusters.yaml, and at var/ here."),
)  # fmt: skip


def ssh_problem(host: str, told: str) -> tuple[str, bool]:
    """Why ssh failed, and whether it will fail again. Without a full stop where it may be tried again."""
    for pattern, sentence, final in SSH:
        if re.search(pattern, told):
            return sentence.format(host=host), final
    last = _last_line(told)
    return (f"the connection to {host} ended" + (f" ({last})" if last else "")), False


def sbatch_problem(host: str, told: str) -> str:
    """Why Slurm refused a job."""
    said = _last_line(re.sub(r"(?m)^sbatch: (error: )?", "", told))
    for pattern, sentence in SBATCH:
        if re.search(pattern, told, re.IGNORECASE):
            return f"Slurm refused the job: {sentence.format(host=host)} (sbatch: {said})"
    return f"Slurm refused the job (sbatch: {said or 'no word'})."


def rsync_problem(host: str, told: str, up: bool) -> str:
    """Why rsync failed for good; `up`: on the way to the cluster."""
    where = f"on {host}" if up else "here"
    remedy = REMEDY if up else "make some, then fetch again"
    for pattern, sentence in RSYNC:
        if re.search(pattern, told):
            return f"{'The upload' if up else 'The download'} failed: " + sentence.format(
                host=host, where=where, remedy=remedy
            )
    return f"{'The upload' if up else 'The download'} failed (rsync: {_last_line(told) or 'no word'})."


def file_problem(host: str, told: str, otherwise: str = "") -> str:
    """Why a file or a folder could not be made on the cluster, as the end of a sentence; `otherwise`: what else may help."""
    if re.search(NO_ROOM, told):
        return f"there is no room on {host}: {REMEDY}."
    last = " ".join(told.split())[-300:]
    return f"{last.rstrip('.')}. {otherwise}".strip()


def _last_line(text: str) -> str:
    """The last line that says something."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    lines = [
        line for line in lines if line and not line.startswith(("debug1", "rsync error: unexplained", "Warning: Perm"))
    ]
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in lines[-1])[:300] if lines else ""

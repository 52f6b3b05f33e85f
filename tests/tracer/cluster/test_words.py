"""What ssh, rsync, sbatch and the queue say, in plain words."""

from __future__ import annotations

import re

import pytest

from tracer.cluster.messages import AMBIGUOUS, file_problem, rsync_problem, sbatch_problem, ssh_problem
from tracer.cluster.reasons import NEVER, USUAL, waiting


@pytest.mark.parametrize(
    ("told", "said", "final"),
    [
        ("ssh: Could not resolve hostname nope: Name or service not known", "no name that ssh knows", True),
        ("me@login: Permission denied (publickey,password).", "does not let you in", True),
        (
            "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.",
            "ssh-keygen -R login",
            True,
        ),
        ("No ED25519 host key is known for login\nHost key verification failed.", "log in once by hand", True),
        ("ssh: connect to host login port 22: Connection refused", "refuses the connection", False),
        ("ssh: connect to host login port 22: Connection timed out", "does not answer", False),
        ("Timeout, server login not responding.", "does not answer", False),
        ("client_loop: send disconnect: Broken pipe", "the connection to login ended (client_loop", False),
        ("", "the connection to login ended", False),
    ],
)
def test_ssh(told: str, said: str, final: bool) -> None:
    sentence, is_final = ssh_problem("login", told)
    assert said in sentence
    assert is_final is final


@pytest.mark.parametrize(
    ("told", "key"),
    [
        ("Batch job submission failed: Invalid partition name specified", "sbatch.partition"),
        ("Batch job submission failed: Invalid account or account/partition combination specified", "sbatch.account"),
        ("Batch job submission failed: Invalid qos specification", "sbatch.qos"),
        ("Batch job submission failed: Invalid feature specification", "sbatch.constraint"),
        ("Batch job submission failed: Invalid generic resource (gres) specification", "sbatch.gpus_per_node"),
        ("Memory specification can not be satisfied\nBatch job submission failed: Requested node", "sbatch.mem"),
        ("Batch job submission failed: Requested node configuration is not available", "sbatch.gpus_per_node"),
        ("Batch job submission failed: Node count specification invalid", "sbatch.nodes"),
        ("Batch job submission failed: Requested time limit is invalid (missing or exceeds some limit)", "sbatch.time"),
        ("unrecognized option '--frobnicate'", "sbatch.extra"),
        ("bash: sbatch: command not found", "scheduler: none"),
    ],
)
def test_sbatch(told: str, key: str) -> None:
    sentence = sbatch_problem("login", f"sbatch: error: {told}")
    assert key in sentence
    assert told.splitlines()[-1] in sentence  # what sbatch said itself is always shown


def test_what_sbatch_says_that_nobody_knows_is_shown() -> None:
    assert "the moon is full" in sbatch_problem("login", "sbatch: error: the moon is full")


@pytest.mark.parametrize(
    "told", ["Socket timed out on send/recv operation", "Unable to contact slurm controller (connect failure)"]
)
def test_a_submission_that_nobody_answered_is_neither_made_nor_refused(told: str) -> None:
    assert re.search(AMBIGUOUS, told)
    assert not re.search(AMBIGUOUS, "Batch job submission failed: Invalid partition name specified")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("protocol version mismatch -- is your shell clean?", "~/.bashrc"),
        ("write failed: No space left on device (28)", "clean"),
        ("bash: line 1: rsync: command not found", "no rsync on login"),
        ("something else", "(rsync: something else)"),
    ],
)
def test_rsync(told: str, said: str) -> None:
    assert said in rsync_problem("login", told, up=True)


@pytest.mark.parametrize("reason", sorted(USUAL))
def test_what_passes_by_itself_asks_for_nothing(reason: str) -> None:
    assert waiting(reason).mend is None


@pytest.mark.parametrize("reason", sorted(NEVER))
def test_what_never_passes_says_what_to_do(reason: str) -> None:
    mend = waiting(reason, "campus").mend
    assert mend
    assert "{" not in mend
    assert ("`sbatch." in mend) == ("of campus in clusters.yaml" in mend)


def test_reasons_with_more_behind_them() -> None:
    assert waiting("ReqNodeNotAvail, UnavailableNodes:n1").mend is None
    assert waiting("Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions").mend
    assert "time" in waiting("QOSMaxWallDurationPerJobLimit").words
    assert waiting("QOSMaxWallDurationPerJobLimit").mend
    assert waiting("AssocGrpGRES").mend is None
    assert waiting("WhatEverTheyThinkOfNext").mend is None


def test_slurm_may_say_something_plainer_in_a_moment() -> None:
    assert not waiting("PartitionConfig").is_final
    assert not waiting("WhatEverTheyThinkOfNext").is_final
    assert waiting("PartitionTimeLimit").is_final
    assert waiting("Resources").is_final


@pytest.mark.parametrize("told", ["mkdir: cannot create directory 'x': No space left on device", "Disk quota exceeded"])
def test_where_there_is_no_room_it_says_what_makes_some(told: str) -> None:
    sentence = file_problem("login", told, "Change it.")
    assert sentence == "there is no room on login: `./remote_execute.sh clean`, or change `root` in clusters.yaml."


def test_where_a_file_cannot_be_made_for_another_reason_that_is_told() -> None:
    assert (
        file_problem("login", "mkdir: x:\nPermission denied", "Change it.") == "mkdir: x: Permission denied. Change it."
    )

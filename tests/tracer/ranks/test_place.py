"""Which rank a process is, by its environment."""

from __future__ import annotations

import pytest

from tracer.ranks.place import ALONE, place_of_this_process, set_rank_environment

TORCHRUN = {"RANK": "2", "WORLD_SIZE": "4", "MASTER_ADDR": "n1", "MASTER_PORT": "29500", "TORCHELASTIC_RUN_ID": "7"}
SRUN = {
    "SLURM_PROCID": "3",
    "SLURM_LOCALID": "1",
    "SLURM_STEP_NUM_TASKS": "4",
    "SLURM_JOB_ID": "120",
    "SLURM_STEP_ID": "0",
    "SLURM_STEP_NODELIST": "gpu[03-04]",
}


def test_torchrun() -> None:
    place = place_of_this_process("lecture_07", TORCHRUN)
    assert (place.rank, place.world_size, place.members) == (2, 4, 4)
    assert place_of_this_process("lecture_07", TORCHRUN | {"RANK": "0"}).run == place.run


def test_attempts_are_counted_where_there_may_be_several() -> None:
    for most, attempt, counted in (("0", "0", -1), ("3", "0", 0), ("3", "2", 2), ("x", "1", -1)):
        environment = {"TORCHELASTIC_MAX_RESTARTS": most, "TORCHELASTIC_RESTART_COUNT": attempt}
        assert place_of_this_process("lecture_07", TORCHRUN | environment).attempt == counted


@pytest.mark.parametrize(
    "other", [{"MASTER_PORT": "29501"}, {"TORCHELASTIC_RESTART_COUNT": "1"}, {"SLURM_JOB_ID": "8"}]
)
def test_another_run_has_another_name(other: dict[str, str]) -> None:
    run = place_of_this_process("lecture_07", TORCHRUN).run
    assert run != place_of_this_process("lecture_07", TORCHRUN | other).run
    assert run != place_of_this_process("lecture_08", TORCHRUN).run


@pytest.mark.parametrize(
    "environment",
    [{}, {"RANK": "0"}, {"WORLD_SIZE": "4"}, {"RANK": "4", "WORLD_SIZE": "4"}, {"RANK": "-1", "WORLD_SIZE": "x"}],
)
def test_alone(environment: dict[str, str]) -> None:
    assert place_of_this_process("lecture_01", environment) == ALONE


def test_one_of_one_waits_for_nobody() -> None:
    place = place_of_this_process("lecture_07", TORCHRUN | {"RANK": "0", "WORLD_SIZE": "1"})
    assert (place.rank, place.members) == (0, 0)


def test_srun_is_said_in_the_way_of_torch() -> None:
    environment = dict(SRUN)
    set_rank_environment(environment)
    assert {name: environment[name] for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR")} == {
        "RANK": "3",
        "WORLD_SIZE": "4",
        "LOCAL_RANK": "1",
        "MASTER_ADDR": "gpu03",
    }
    assert 20000 <= int(environment["MASTER_PORT"]) < 30000


@pytest.mark.parametrize(
    ("nodes", "first"),
    [("n1", "n1"), ("n1,n2", "n1"), ("n[1-2,5],m3", "n1"), ("a[007]-ib,b", "a007-ib"), ("", "127.0.0.1")],
)
def test_the_first_node(nodes: str, first: str) -> None:
    environment = SRUN | {"SLURM_STEP_NODELIST": nodes}
    set_rank_environment(environment)
    assert environment["MASTER_ADDR"] == first


@pytest.mark.parametrize(
    "environment", [TORCHRUN | SRUN, {"SLURM_PROCID": "0", "SLURM_NTASKS": "4"}, SRUN | {"SLURM_STEP_NUM_TASKS": "1"}]
)
def test_what_is_said_already_stays(environment: dict[str, str]) -> None:
    """In a batch script without srun there is one process, however many tasks were asked for."""
    before = dict(environment)
    set_rank_environment(environment)
    assert environment == before

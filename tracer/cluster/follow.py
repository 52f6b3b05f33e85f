"""Following runs until they have ended: their logs, their states in plain words, their traces as they grow, their results.

The jobs do not hang on this: it may be left, killed or cut off at any moment, and taken up again from any shell. What is here
already is known by the sizes of the files here, so that nothing comes twice and nothing is left out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from tracer.cluster.ending import Result, conclude
from tracer.cluster.host import Host, Lost, Unreachable, quote
from tracer.cluster.reasons import waiting
from tracer.cluster.results import partial
from tracer.cluster.runs import RunFolder
from tracer.cluster.terminal import Logs, say
from tracer.cluster.tick import Seen, Wanted, tick
from tracer.cluster.verdict import ENDED, ENDING, RUNNING, WAITING, Judge, Standing

__all__ = ["GivenUp", "follow", "in_words"]

SHORTEST, LIVELY, LONGEST, WHILE_WAITING = 0.4, 1.0, 2.0, 5.0
"""Seconds between two looks: at first, while there is news, without any, while the job waits."""
FIRST_MINUTE, EARLY_QUESTIONS = 60.0, 5.0
"""Slurm is asked every five seconds for a minute, then every `poll_seconds`."""
BACK_OFF = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
SETTLED = 8.0
"""Seconds after which a reason that Slurm often replaces by a plainer one is told as it is."""
HOPELESS = 120.0
"""Seconds after which a login that is refused is no longer tried."""

Given = TypeVar("Given")


class GivenUp(Exception):
    """The cluster cannot be reached any more; the jobs go on. The message is a sentence."""


@dataclass
class _Track:
    """One run that is followed."""

    folder: RunFolder
    judge: Judge = field(default_factory=Judge)
    told: str = ""
    unsettled: tuple[str, float] = "", 0.0
    """The words that are not told yet, and when they came."""
    partial_due: float = 0.0
    grown: bool = False
    """Whether a journal has grown since a trace was last made of it."""
    news: bool = False
    left: bool = True
    """Whether there may be more of the log or of a journal."""


def follow(
    folders: Sequence[RunFolder],
    hosts: dict[str | None, Host],
    traces: Path,
    results: list[Result],
    names: Callable[[RunFolder], str],
    shows_logs: bool = True,
) -> None:
    """Follow runs to their ends, on several clusters too, and bring what they leave; each end is added to `results`.

    `names` is what a run is called before its lines. Raises GivenUp and KeyboardInterrupt: what has ended by then stands.
    """
    logs = Logs([names(folder) for folder in folders], shows_logs)
    groups: dict[tuple[str | None, str], list[_Track]] = {}
    for folder in folders:
        groups.setdefault((folder.run.host, folder.run.scheduler), []).append(_Track(folder))
    parties = [
        _Party(hosts[host], scheduler, tracks, traces, logs, names) for (host, scheduler), tracks in groups.items()
    ]
    while parties:
        for party in parties:
            results += party.look()
        parties = [party for party in parties if party.tracks]
        if parties:
            time.sleep(max(0.0, min(party.due for party in parties) - time.monotonic()))


class _Party:
    """The runs on one cluster: one question serves them all."""

    def __init__(
        self,
        host: Host,
        scheduler: str,
        tracks: list[_Track],
        traces: Path,
        logs: Logs,
        names: Callable[[RunFolder], str],
    ) -> None:
        self.host, self.scheduler, self.tracks = host, scheduler, tracks
        self.due = 0.0
        self._traces, self._logs, self._names = traces, logs, names
        self._begun = time.monotonic()
        self._asked = 0.0
        self._unanswered = 0
        self._pause = SHORTEST

    def look(self) -> list[Result]:
        """Ask once, if it is time; the results of the runs that have ended."""
        now = time.monotonic()
        if now < self.due:
            return []
        ask = self._is_time_to_ask(now)
        seen = self.patiently(
            lambda: tick(self.host, self.scheduler, [self._wanted(each) for each in self.tracks], ask)
        )
        if ask:
            self._asked = time.monotonic()
            if self.scheduler == "slurm":
                self._hear_of_slurm(any(each.asked for each in seen))
        ended = []
        for track, news in zip(list(self.tracks), seen, strict=True):
            self._take(track, news)
            if track.judge.standing.phase == ENDED and not track.left:
                self.tracks.remove(track)
                ended.append(self._conclude(track))
        self._set_pause()
        return ended

    def patiently(self, do: Callable[[], Given]) -> Given:
        """Do what needs the connection, again and again until there is one. Raises GivenUp."""
        tried, since, first = 0, time.monotonic(), True
        while True:
            try:
                done = do()
            except (Lost, Unreachable) as problem:
                refused = isinstance(problem, Unreachable) and time.monotonic() - since > HOPELESS
                if refused:
                    raise GivenUp(f"{problem}") from None
                if first:
                    self._tell(f"The connection is lost ({str(problem).rstrip('.')}); trying again …")
                    first = False
                time.sleep(BACK_OFF[min(tried, len(BACK_OFF) - 1)])
                tried += 1
            else:
                if not first:
                    self._tell("Connected again.")
                return done

    def _wanted(self, track: _Track) -> Wanted:
        folder, run = track.folder, track.folder.run
        have = folder.log.stat().st_size if folder.log.exists() else 0
        return Wanted(run.id, run.remote, run.job or 0, have, folder.sizes(), track.judge.wants_books)

    def _is_time_to_ask(self, now: float) -> bool:
        if self.scheduler != "slurm":
            return True
        polite = max(min(track.folder.run.poll_seconds for track in self.tracks), 1.0)
        if any(track.judge.wants_queue for track in self.tracks):
            due = min(2.0**self._unanswered, polite)  # soon, but a Slurm that does not answer has enough to do
        else:
            due = min(EARLY_QUESTIONS, polite) if now - self._begun < FIRST_MINUTE else polite
        return now - self._asked >= due

    def _hear_of_slurm(self, answered: bool) -> None:
        if answered and self._unanswered >= 2:
            self._tell("Slurm answers again.")
        self._unanswered = 0 if answered else min(self._unanswered + 1, 10)
        if self._unanswered == 2:
            self._tell("Slurm does not answer; running jobs go on, and it is asked again …")

    def _take(self, track: _Track, seen: Seen) -> None:
        folder, name = track.folder, self._names(track.folder)
        track.news = bool(seen.log) or any(seen.journals.values())
        if seen.log:
            folder.grow(folder.log, seen.log)
            self._logs.show(name, seen.log)
        if seen.started is not None and seen.started.restart != folder.run.restart:
            folder.run.restart = seen.started.restart
            folder.forget_journals()
            folder.save()
        else:
            for journal, grown in seen.journals.items():
                folder.grow(folder.journals / Path(journal).name, grown)
        have = folder.log.stat().st_size if folder.log.exists() else 0
        track.left = have < seen.log_size or seen.journals_left
        standing = track.judge.hear(seen)
        if standing.phase != RUNNING or standing.nodes or seen.asked:
            self._tell_standing(track, standing)
        track.grown = track.grown or any(seen.journals.values())
        if standing.phase == RUNNING:
            self._show_so_far(track)

    def _show_so_far(self, track: _Track) -> None:
        """Make the trace of what has run, where there is more of it than last time; not too often."""
        every = track.folder.run.every_seconds
        if not (every and track.grown and time.monotonic() >= track.partial_due):
            return
        track.grown, first = False, track.folder.run.placed is None
        try:
            took = partial(track.folder, self._traces, self._tell)
        except OSError as problem:  # the log is followed all the same, and the whole trace comes at the end
            took = 60.0
            self._tell(f"{self._names(track.folder)}: its trace so far cannot be written here: {problem.strerror}.")
        if first and track.folder.run.placed:
            stem = track.folder.run.placed.removesuffix(".json")
            self._tell(f"{self._names(track.folder)}: watch it grow: python -m tracer serve {quote(stem)}")
        track.partial_due = time.monotonic() + max(every, 10 * took)  # it must not take all of this machine

    def _tell_standing(self, track: _Track, standing: Standing) -> None:
        run = track.folder.run
        words = in_words(standing, run.cluster)
        if words and words != track.told and self._is_settled(track, standing, words):
            track.told = words
            run.phase, run.words = standing.phase, words
            track.folder.save()
            self._tell(f"{self._names(track.folder)}: {words}")

    def _is_settled(self, track: _Track, standing: Standing, words: str) -> bool:
        if standing.phase != WAITING or waiting(standing.reason).is_final:
            return True
        if track.unsettled[0] != words:
            track.unsettled = words, time.monotonic()
        return time.monotonic() - track.unsettled[1] >= SETTLED

    def _conclude(self, track: _Track) -> Result:
        result = self.patiently(
            lambda: conclude(track.folder, track.judge.standing, self.host, self._traces, self._tell)
        )
        # What the node wrote last may have reached the login node only now.
        last = self.patiently(lambda: tick(self.host, "none", [self._wanted(track)], False, streams=False))[0]
        track.folder.grow(track.folder.log, last.log)
        self._logs.show(self._names(track.folder), last.log)
        self._logs.end(self._names(track.folder))
        self._tell(f"{self._names(track.folder)}: {result.words}")
        track.folder.leave()
        return result

    def _set_pause(self) -> None:
        news = any(track.news for track in self.tracks)
        waits = self.tracks and all(track.judge.standing.phase == WAITING for track in self.tracks)
        more = any(track.left for track in self.tracks)
        longest = WHILE_WAITING if waits else LONGEST
        self._pause = (
            0.0 if more else min(self._pause, LIVELY) if news else min(max(self._pause, SHORTEST) * 1.4, longest)
        )
        if any(track.judge.standing.phase == ENDING for track in self.tracks) and not more:
            self._pause = max(min(self._pause, LIVELY), SHORTEST)
        self.due = time.monotonic() + self._pause

    def _tell(self, sentence: str) -> None:
        self._logs.rest()
        say(sentence)


def in_words(standing: Standing, cluster: str) -> str:
    """Where a run stands that has not ended."""
    if standing.phase == RUNNING:
        again = f" (restart {standing.restart})" if standing.restart else ""
        return f"running{f' on {standing.nodes}' if standing.nodes else ''}{again}"
    if standing.phase != WAITING:
        return ""
    if standing.reason in ("", "None"):
        return ""
    why = waiting(standing.reason, cluster)
    day, _, hour = standing.start.partition("T")
    when = hour[:5] if day == time.strftime("%Y-%m-%d") else f"{day} {hour[:5]}"
    start = f"; Slurm expects to start it at {when}, by its own clock" if hour else ""
    if why.mend is None:
        return f"waiting: {why.words} ({standing.reason}){start}"
    return f"waiting: {why.words} ({standing.reason}). It will not start like this: {why.mend}; cancel it, and run it again"

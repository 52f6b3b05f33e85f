import { useEffect, useMemo, useState } from "react";
import { operationsOf, type Operation, type Operations } from "../../logic/collectives";
import { momentOf, type RankLecture } from "../../logic/ranks";
import { acrossRanks, lanesAt, type Across, type Lane, type Together } from "../../logic/side-by-side";
import { prepare, whenAtRest } from "../../state/at-rest";
import { isRanked } from "../../state/ranks";
import { useSoonAt } from "../../state/soon";
import { useLecture } from "../../state/store";

/** So many ranks stand side by side: those around the reader's own. */
export const MOST_RANKS = 16;

/** What all ranks are doing, as one of them sees it. */
export interface RanksNow {
  lecture: RankLecture;
  position: number;
  /** The ranks that are drawn. */
  shown: readonly number[];
  lanes: Lane[];
  across: Across[];
  operations: Operations;
  /** Those that this step takes part in. */
  now: Operation[];
  together: Together;
  setTogether(together: Together): void;
}

/** Null in a lecture of one process. */
export function useRanks(): RanksNow | null {
  const open = useLecture();
  const position = useSoonAt(open, (at) => at);
  const lecture = isRanked(open) ? open : null;
  const [together, setTogether] = useState<Together>("line");
  const ranks = lecture?.rank.run.ranks;
  const number = lecture?.rank.number ?? 0;
  const shown = useMemo(() => around(ranks ?? [], number), [ranks, number]);
  const ready = useOpened(lecture, shown);
  const lanes = useMemo(
    () => (lecture && ready >= 0 ? lanesAt(lecture, position, shown, together) : []),
    [lecture, position, shown, together, ready],
  );
  const across = useMemo(() => (lecture ? acrossRanks(lecture, position, lanes) : []), [lecture, position, lanes]);
  if (!lecture) return null;
  const operations = operationsOf(lecture.rank.run);
  const { step, out } = lecture.positions;
  const here = position < 0 ? -1 : out[position] ? lecture.rank.steps[step[position]] : momentOf(lecture, position);
  return { lecture, position, shown, lanes, across, operations, now: operations.of(here), together, setTogether };
}

/** Work out what the other ranks did, one after the other while the page is at rest; how many are ready. */
function useOpened(lecture: RankLecture | null, shown: readonly number[]): number {
  const [, again] = useState(0);
  const run = lecture?.rank.run;
  const ready = run ? shown.filter((number) => run.opened(number)).length : 0;
  const next = run ? (shown.find((number) => !run.opened(number)) ?? -1) : -1;
  useEffect(() => {
    if (!run || next < 0) return undefined;
    return whenAtRest(() => {
      prepare(run.open(next));
      again((count) => count + 1);
    });
  }, [run, next]);
  return ready;
}

function around(ranks: readonly number[], number: number): readonly number[] {
  const from = Math.max(0, Math.min(ranks.indexOf(number) - MOST_RANKS / 2, ranks.length - MOST_RANKS));
  return ranks.slice(from, from + MOST_RANKS);
}

import type { Lecture } from "../logic/lecture";
import type { RankLecture } from "../logic/ranks";
import { jumpTo, nearestVisible, ofRank, say } from "./actions";
import { prepare } from "./at-rest";
import { lectureOf, store, type State } from "./store";

/** Whether a lecture is what one of several ranks did. */
export function isRanked(lecture: Lecture | null): lecture is RankLecture {
  return lecture?.rank !== undefined;
}

/** The rank before or behind the one whose steps are shown, or -1. */
export function rankBeside(state: State, by: 1 | -1): number {
  const rank = lectureOf(state)?.rank;
  return rank?.run.ranks[rank.run.ranks.indexOf(rank.number) + by] ?? -1;
}

/** Show another rank, on the line that the reader is at, in its turn there. `which` is asked when it is time to go. */
export async function goToRank(which: number | ((state: State) => number)): Promise<void> {
  const { sameLine } = await import("../logic/ranks");
  store.setState((state): State => {
    const lecture = lectureOf(state);
    const number = typeof which === "number" ? which : which(state);
    if (!isRanked(lecture) || lecture.rank.number === number) return state;
    const { run } = lecture.rank;
    if (!run.ranks.includes(number)) return state;
    const other = run.open(number);
    prepare(other);
    const like = (position: number) => sameLine(lecture, position, other);
    const found = like(state.position);
    const past = state.past.map((position) => like(position)?.position ?? -1).filter((position) => position >= 0);
    const shown = ofRank(state, other, past);
    const position = found?.position ?? (other.positions.count > 0 ? Math.max(other.rank.first, 0) : -1);
    const message = found?.isSame ? null : notThere(number, found !== null);
    return { ...shown, position: nearestVisible(shown, position), peek: null, motion: "jump", message };
  });
}

function notThere(rank: number, isOnTheWay: boolean): string {
  return `Rank ${rank} never came to this line.${isOnTheWay ? " This is where its way parts." : ""}`;
}

/** Go to a step of the whole run, on the rank whose it is. */
export async function goToMoment(number: number, moment: number): Promise<void> {
  const { positionAt } = await import("../logic/ranks");
  await goToRank(number);
  const lecture = lectureOf(store.getState());
  if (!isRanked(lecture) || lecture.rank.number !== number) return;
  const position = positionAt(lecture, moment);
  if (position >= 0) jumpTo(position);
  else say(`Rank ${number} had begun nothing by then.`);
}

import * as moves from "../logic/moves";
import { goToTurn, jumpTo, stepTo } from "../state/actions";
import { goToProgram, programBeside } from "../state/kernels";
import { loopHere } from "../state/loops";
import { changeSpeed, pause, play } from "../state/playing";
import { goToRank, rankBeside } from "../state/ranks";
import { continueTo } from "../state/stopping";
import { isHidden, lectureOf, type State } from "../state/store";
import type { IconName } from "../widgets/Icon";
import { onALine, type Command, type CommandId } from "./command";

/** From step to step: along the program, its turns, its programs and ranks, by hand or by itself. */
export const stepping: Command[] = [
  step("forward", "Step forward", ["ArrowRight", "l", "Space"], "forward", moves.forward),
  step("back", "Step back", ["ArrowLeft", "h", "Shift+Space"], "back", moves.back),
  step("over", "Step over", ["ArrowDown", "j", "Shift+ArrowRight", "Shift+L", "Shift+J"], "over", moves.over),
  step(
    "overBack",
    "Step over, backwards",
    ["ArrowUp", "k", "Shift+ArrowLeft", "Shift+H", "Shift+K"],
    "overBack",
    moves.overBack,
  ),
  leaving("out", "Step out of this function", ["u"], moves.out),
  leaving("outBack", "Step out, backwards", ["Shift+U"], moves.outBack),
  step("nextTurn", "Next turn of this line", ["]"], "nextTurn", moves.nextTurn),
  step("previousTurn", "Previous turn of this line", ["["], "previousTurn", moves.previousTurn),
  turning("nextLoopTurn", "Next turn of the loop", ["}"], 1),
  turning("previousLoopTurn", "Previous turn of the loop", ["{"], -1),
  toProgram("nextProgram", "Same line in the next program of the kernel", [")"], 1),
  toProgram("previousProgram", "Same line in the previous program of the kernel", ["("], -1),
  toRank("nextRank", "Same line on the next rank", [";"], 1),
  toRank("previousRank", "Same line on the previous rank", [","], -1),
  onALine("nextStop", "Continue to the next stop", ["f"], "Step", () => void continueTo(1)),
  onALine("previousStop", "Back to the stop before", ["Shift+F"], "Step", () => void continueTo(-1)),
  onALine("play", "Play or pause", ["p"], "Step", ({ playing }) => (playing ? pause("Paused.") : play())),
  onALine("faster", "Play faster", [">"], "Step", () => changeSpeed(1)),
  onALine("slower", "Play slower", ["<"], "Step", () => changeSpeed(-1)),
];

function step(id: CommandId, label: string, keys: string[], icon: IconName, move: moves.Move): Command {
  const target = (state: State) => {
    const lecture = lectureOf(state);
    return lecture ? moves.visible(move, (at) => isHidden(state, at))(lecture, state.position) : -1;
  };
  return {
    id,
    label,
    group: "Step",
    keys,
    icon,
    when: (state) => target(state) >= 0,
    run: (state) => stepTo(target(state)),
  };
}

/** Out of a call. Out of the outermost is to the end, or the beginning: a jump, from which there is a way back. */
function leaving(id: CommandId & IconName, label: string, keys: string[], move: moves.Move): Command {
  const plain = step(id, label, keys, id, move);
  return {
    ...plain,
    run: (state) => {
      const lecture = lectureOf(state)!;
      if (lecture.callerOf(state.position) < 0) jumpTo(move(lecture, state.position));
      else plain.run(state);
    },
  };
}

/** To another turn of the loop around the position; from behind the last turn, back is to the last. */
function turning(id: CommandId & IconName, label: string, keys: string[], by: 1 | -1): Command {
  const target = (state: State) => {
    const place = loopHere(state);
    if (!place) return 0;
    const turn = place.turn + (place.ended && by < 0 ? 0 : by);
    return turn <= place.turns ? turn : 0;
  };
  return {
    id,
    label,
    group: "Step",
    keys,
    icon: id,
    when: (state) => target(state) > 0,
    run: (state) => goToTurn(target(state)),
  };
}

/** To the same line in another program of the kernel. */
function toProgram(id: CommandId & IconName, label: string, keys: string[], by: 1 | -1): Command {
  return {
    id,
    label,
    group: "Step",
    keys,
    icon: id,
    when: (state) => programBeside(state, by) >= 0,
    run: () => void goToProgram((state) => programBeside(state, by)),
  };
}

/** To the same line, as another rank ran it. */
function toRank(id: CommandId & IconName, label: string, keys: string[], by: 1 | -1): Command {
  return {
    id,
    label,
    group: "Step",
    keys,
    icon: id,
    when: (state) => rankBeside(state, by) >= 0,
    run: () => void goToRank((state) => rankBeside(state, by)),
  };
}

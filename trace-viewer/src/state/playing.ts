import { say, setSettings } from "./actions";
import { SPEEDS } from "./settings";
import { lectureOf, store } from "./store";

/** Let the lecture go on by itself, from where the reader is. The player in the pane of controls does it. */
export function play(): void {
  const lecture = lectureOf(store.getState());
  if (!lecture) return;
  const { position, settings } = store.getState();
  if (position >= lecture.positions.count - 1) return say("This is the end: there is nothing left to play.");
  store.setState({ playing: true, peek: null, overlay: null, message: `Playing, ${speedWords(settings.speed)}.` });
}

/** Stop it; `why` is said. */
export function pause(why: string): void {
  if (store.getState().playing) store.setState({ playing: false, message: why });
}

export function changeSpeed(by: 1 | -1): void {
  const { settings } = store.getState();
  const speed = SPEEDS[Math.min(Math.max(SPEEDS.indexOf(settings.speed) + by, 0), SPEEDS.length - 1)];
  setSettings({ speed });
  say(`${speedWords(speed).replace(/^./, (letter) => letter.toUpperCase())}.`);
}

export function speedWords(speed: number): string {
  return speed < 1 ? "a step every 2 seconds" : speed === 1 ? "a step a second" : `${speed} steps a second`;
}

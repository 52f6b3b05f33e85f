import type { Lecture } from "./lecture";

/** How deep in calls a lecture is, from its beginning to its end, in stretches of equal length. */
export interface DepthProfile {
  /** Of each stretch: the greatest depth, and the mean, as shares of the greatest in the lecture; logarithmic where that is great. */
  most: Float32Array;
  mean: Float32Array;
  /** How many calls were open around the deepest step. */
  deepest: number;
}

export const MOST_STRETCHES = 600;
/** Up to so many calls inside each other, each adds the same to the height. */
const EVEN = 8;

const profiles = new WeakMap<Lecture, DepthProfile>();

/** The profile of a lecture: worked out in one pass when first asked for. */
export function depthProfile(lecture: Lecture): DepthProfile {
  let profile = profiles.get(lecture);
  if (!profile) profiles.set(lecture, (profile = buildProfile(lecture)));
  return profile;
}

function buildProfile({ positions: { count, step, depth } }: Lecture): DepthProfile {
  const stretches = Math.min(MOST_STRETCHES, count);
  const most = new Float32Array(stretches);
  const mean = new Float32Array(stretches);
  for (let stretch = 0; stretch < stretches; stretch++) {
    const to = Math.floor(((stretch + 1) * count) / stretches);
    const from = Math.floor((stretch * count) / stretches);
    let sum = 0;
    let deepest = 0;
    for (let position = from; position < to; position++) {
      const here = depth[step[position]];
      sum += here;
      if (here > deepest) deepest = here;
    }
    most[stretch] = deepest;
    mean[stretch] = sum / (to - from);
  }
  const deepest = most.reduce((a, b) => Math.max(a, b), 0);
  // A recursion of a thousand calls must not press the rest of the lecture flat.
  const scaled = (d: number) => {
    if (deepest === 0) return 0;
    return deepest <= EVEN ? d / deepest : Math.log1p(d) / Math.log1p(deepest);
  };
  return { most: most.map(scaled), mean: mean.map(scaled), deepest };
}

/** In which stretch a position lies, of as many as the profile has. */
export function stretchOf({ positions: { count } }: Lecture, position: number): number {
  return Math.floor((position * Math.min(MOST_STRETCHES, count)) / Math.max(count, 1));
}

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** `--name: light-dark(#…, #…)` → [light, dark]. */
function tokensOf(file: string): [string, [string, string]][] {
  const css = readFileSync(`src/theme/${file}`, "utf8");
  const found = css.matchAll(/(--[\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g);
  return [...found].map(([, name, light, dark]) => [name, [light, dark]]);
}

const tokens = new Map(tokensOf("tokens.css"));
const stronger = new Map([...tokens, ...tokensOf("contrast.css")]);

function luminance(hex: string): number {
  const channels = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255);
  const [r, g, b] = channels.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)) as [
    number,
    number,
    number,
  ];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const grounds = ["--bg", "--bg-raised", "--bg-sunken"];
const onGrounds = [
  "--ink",
  "--ink-2",
  "--ink-3",
  "--accent",
  "--accent-strong",
  "--changed",
  "--error",
  "--warn",
  ...[...tokens.keys()].filter((name) => name?.startsWith("--code-")),
];
const pairs: [string, string, number][] = [
  ...onGrounds.flatMap((ink) => grounds.map((ground): [string, string, number] => [ink as string, ground, 4.5])),
  ...["--ink", "--ink-2", "--accent", "--accent-strong", "--code-string", "--code-number"].flatMap(
    (ink): [string, string, number][] => [
      [ink, "--accent-soft", 4.5],
      [ink, "--changed-soft", 4.5],
    ],
  ),
  ["--changed", "--changed-soft", 4.5],
  ["--error", "--error-soft", 4.5],
  ["--warn", "--warn-soft", 4.5],
  ["--on-accent", "--accent", 4.5],
  ["--line-strong", "--bg", 3],
  ...[...tokens.keys()]
    .filter((name) => (name as string).startsWith("--token-"))
    .flatMap((ground): [string, string, number][] => [
      ["--ink", ground as string, 7],
      ["--ink-2", ground as string, 4.5],
      ["--accent", ground as string, 3], // around the token that is chosen
    ]),
  ["--ink", "--changed-mark", 7],
  ["--ink-2", "--changed-mark", 4.5],
  ["--changed", "--changed-mark", 3],
  ["--ink", "--cost-ground", 4.5],
  ["--breakpoint", "--bg", 4.5],
  ["--breakpoint", "--bg-raised", 4.5],
  ["--on-breakpoint", "--breakpoint", 4.5],
  ["--cost-mark", "--bg", 3],
  ["--cost-mark", "--bg-raised", 3],
  ...[...tokens.keys()]
    .filter((name) => /^--(dim|bit)-/.test(name as string))
    .flatMap((ink) =>
      [...grounds, "--changed-soft", "--accent-soft"].map((ground): [string, string, number] => [
        ink as string,
        ground,
        4.5,
      ]),
    ),
  ...["--side-a", "--side-b"].flatMap((ink) =>
    [...grounds, "--accent-soft"].map((ground): [string, string, number] => [ink, ground, 4.5]),
  ),
  ...["--side-a-soft", "--side-b-soft"].flatMap((ground) =>
    ["--ink", "--ink-2", "--ink-3", ...[...tokens.keys()].filter((name) => name?.startsWith("--code-"))].map(
      (ink): [string, string, number] => [ink as string, ground, 4.5],
    ),
  ),
  // Areas of a picture, against each ground it is drawn on.
  ...[...tokens.keys()]
    .filter((name) => /^--(memory|part|tile)-/.test(name as string))
    .flatMap((area) => grounds.map((ground): [string, string, number] => [area as string, ground, 3])),
];

describe.each([
  ["light", 0],
  ["dark", 1],
])("contrast in the %s scheme", (_, scheme) => {
  it.each(pairs)("%s on %s is at least %d", (ink, ground, least) => {
    const [a, b] = [tokens.get(ink)?.[scheme], tokens.get(ground)?.[scheme]];
    expect(contrast(a as string, b as string)).toBeGreaterThanOrEqual(least);
  });
});

/** What is read, as against areas of pictures and edges. */
const isText = (name: string) => !/^--(memory|part|tile|cost-mark|line)/.test(name);

describe.each([
  ["light", 0],
  ["dark", 1],
])("high contrast in the %s scheme", (_, scheme) => {
  const of = (name: string) => stronger.get(name)?.[scheme] as string;

  it.each(pairs)("%s on %s: AAA for text, and nothing below the usual %d", (ink, ground, least) => {
    const wanted = isText(ink) && least >= 4.5 ? 7 : least;
    expect(contrast(of(ink), of(ground))).toBeGreaterThanOrEqual(wanted);
  });

  it("draws lines that can be seen", () => {
    for (const ground of grounds) expect(contrast(of("--line"), of(ground))).toBeGreaterThanOrEqual(3);
  });

  it("overrides only what there is", () => {
    for (const [name] of tokensOf("contrast.css")) expect(tokens.has(name)).toBe(true);
  });
});

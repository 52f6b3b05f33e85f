/** Ways of damaging a file, drawn from a seed; for tests. */

/** A stream of numbers in [0, 1): mulberry32, the same for the same seed wherever it runs. */
export function randomFrom(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Random = () => number;

const below = (random: Random, size: number) => Math.floor(random() * size);
const oneOf = <T>(random: Random, items: readonly T[]): T => items[below(random, items.length)];

/** What may stand anywhere in a damaged file, as JSON or what Python takes for it. */
const HOSTILE = [
  "null true -1 -2 0 1 4 7 2147483648 -9223372036854775808 1e30 1e999 0.5 -0.0 NaN -Infinity",
  `"" "x" "0" "\\u0000" "\\ud800" "constructor" [] [0] [[]] [null] {} {"__proto__":{"length":1}}`,
  `{"kind":"text"} {"kind":"nothing"} {"toString":1} {"length":9007199254740992,"kind":"sequence","type":"list"}`,
  `{"kind":"tensor","shape":[1099511627776,1099511627776],"dtype":"float32","elements":[1]}`,
]
  .join(" ")
  .split(" ");
const LARGE = [`"${"é".repeat(5000)}"`, "[".repeat(5000) + "]".repeat(5000), `"# ${"a ".repeat(5000)}"`];

/** JSON in which up to `most` places were replaced, removed, doubled, or put a little off. */
export function damagedTree(text: string, random: Random, most = 3): string {
  const document = JSON.parse(text) as Record<string, unknown>;
  const put: string[] = [];
  for (let times = 1 + below(random, most); times > 0; times--) {
    const places = cellsOf(document);
    const numbers = places.filter(({ holder, key }) => typeof (holder as Holder)[key] === "number");
    const { holder, key } = oneOf(
      random,
      oneOf(random, [places, places.slice(0, 200), numbers.length > 0 ? numbers : places]),
    );
    const cell = (holder as Holder)[key];
    const how = oneOf(random, ["replace", "replace", "remove", "double", "off", "off", "off"]);
    if (how === "remove") {
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete (holder as Holder)[key];
    } else if (how === "double" && Array.isArray(holder)) holder.splice(Number(key), 0, cell);
    else if (how === "off" && typeof cell === "number") {
      (holder as Holder)[key] = cell + oneOf(random, [-1, 1, 2, -3, 40]);
    } else {
      // JSON.stringify cannot write what should stand here: it is put in afterwards.
      (holder as Holder)[key] = `@${put.length}@`;
      put.push(random() < 0.9 ? oneOf(random, HOSTILE) : oneOf(random, LARGE));
    }
  }
  return JSON.stringify(document).replace(/"@(\d+)@"/g, (_, index: string) => put[Number(index)]);
}

type Holder = Record<string, unknown>;

/** Every place in a document: what holds it, and its key or index there. Those near the top come first. */
function cellsOf(document: unknown): { holder: object; key: string }[] {
  const found: { holder: object; key: string }[] = [];
  const holders = [document as object];
  for (const holder of holders) {
    for (const [key, cell] of Object.entries(holder)) {
      found.push({ holder, key });
      if (typeof cell === "object" && cell !== null) holders.push(cell as object);
    }
  }
  return found;
}

const JUNK = [
  "\0".repeat(64),
  "�",
  '"',
  "[".repeat(100_000),
  "NaN",
  "\n".repeat(100_000),
  "}",
  "-",
  "9e999",
  "\\u001b",
];

/** The text cut off, with characters changed, a piece taken out or put in twice, or something else written into it. */
export function damagedText(text: string, random: Random): string {
  const start = below(random, text.length);
  const end = start + 1 + below(random, 400);
  switch (oneOf(random, ["cut", "change", "take", "repeat", "write"])) {
    case "cut":
      return text.slice(0, start);
    case "change": {
      const characters = text.split("");
      for (let times = 1 + below(random, 8); times > 0; times--) {
        const place = below(random, text.length);
        characters[place] = String.fromCharCode(text.charCodeAt(place) ^ (1 << below(random, 7)));
      }
      return characters.join("");
    }
    case "take":
      return text.slice(0, start) + text.slice(end);
    case "repeat":
      return text.slice(0, end) + text.slice(start);
    default:
      return text.slice(0, start) + oneOf(random, JUNK) + text.slice(start);
  }
}

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { isPacked } from "./column";
import { TraceReader } from "./parse";

/** However small it is, its columns are looked for. */
const parse = (text: string) => parseBytes(new TextEncoder().encode(text));

function parseBytes(bytes: Uint8Array, size = bytes.length): unknown {
  const reader = new TraceReader(0);
  for (let from = 0; from < bytes.length; from += size) reader.push(bytes.subarray(from, from + size));
  expect(reader.bytes).toEqual(bytes);
  return reader.end();
}

/** With lists in place of typed arrays. */
const listed = (data: unknown): unknown =>
  JSON.parse(JSON.stringify(data, (_, part: unknown) => (isPacked(part) ? Array.from(part) : part)));

const golden = path.join(import.meta.dirname, "../../../tests/golden");

describe("parsing a trace", () => {
  it.each(readdirSync(golden).filter((name) => name.endsWith(".json")))("gives what JSON.parse does: %s", (name) => {
    const text = readFileSync(path.join(golden, name), "utf8");
    expect(listed(parse(text))).toEqual(JSON.parse(text));
    const indented = JSON.stringify(JSON.parse(text), null, "\t");
    expect(listed(parse(indented))).toEqual(JSON.parse(text));
  });

  it("gives the same for bytes that come in pieces, of whatever size", () => {
    const columns = '{"steps":{"call":[1,22,333],"start":[ 4444444444 , -5 ],"end":[]},"calls":{"parent":["]",6]}';
    const text = String.raw`${columns},"strings":["a\"]é","\\","[😀]"],"bindings":{"at":[7,8]},"entry":{"x":[9]}}`;
    const bytes = new TextEncoder().encode(text);
    const whole = parseBytes(bytes);
    expect(listed(whole)).toEqual(JSON.parse(text));
    for (let size = 1; size <= bytes.length; size++) expect(parseBytes(bytes, size)).toEqual(whole);
  });

  it("reads columns as the narrowest array that holds them", () => {
    const columns = (cells: string) =>
      (parse(`{"steps":{"call":${cells}}}`) as { steps: { call: unknown } }).steps.call;
    expect(columns("[]")).toEqual(new Uint8Array(0));
    expect(columns("[ 0 ,255\n]")).toEqual(Uint8Array.of(0, 255));
    expect(columns("[256]")).toEqual(Uint16Array.of(256));
    expect(columns("[-1,0]")).toEqual(Int32Array.of(-1, 0));
    expect(columns("[65536,2147483647]")).toEqual(Int32Array.of(65536, 2147483647));
    expect(columns("[2147483648,-2147483649]")).toEqual(Float64Array.of(2147483648, -2147483649));
    expect(columns("[999999999999999]")).toEqual(Float64Array.of(999999999999999));
    expect(columns(`[${"7,".repeat(5000)}7]`)).toEqual(new Uint8Array(5001).fill(7));
  });

  it("leaves to JSON.parse what is not a plain row of integers", () => {
    for (const cells of ["[1.5]", "[1e3]", '["1"]', "[null]", "[[1]]", "[9007199254740993]", "[true]", "[{}]"]) {
      const text = `{"steps":{"call":${cells},"end":[1,2]},"calls":{"parent":[3]}}`;
      expect(parse(text)).toEqual({
        steps: { call: JSON.parse(cells) as unknown, end: Uint8Array.of(1, 2) },
        calls: { parent: Uint8Array.of(3) },
      });
    }
  });

  it("takes for columns only what stands in a table of the trace", () => {
    const text = String.raw`{"values":[{"steps":{"call":[1]}}],"strings":["\"steps\":{\"call\":[1]}","\\"],"x":{"call":[1]},
      "steps":{"deep":{"call":[2]},"a b":[3],"\u0063all":[4]},"calls":[[5]],"__proto__":{"call":[6]}}`;
    expect(JSON.stringify(parse(text))).toBe(JSON.stringify(JSON.parse(text)));
  });

  it("takes the last of a key that is there twice", () => {
    expect(parse('{"steps":{"call":[1],"call":[2]}}')).toEqual({ steps: { call: Uint8Array.of(2) } });
    expect(parse('{"steps":{"call":[1]},"steps":{"call":["x"]}}')).toEqual({ steps: { call: ["x"] } });
    expect(parse('{"steps":{"call":[1]},"steps":null}')).toEqual({ steps: null });
  });

  it.each([
    "",
    "[1",
    '{"steps":{"call":[1,2',
    '{"steps":{"call":[1,]}}',
    '{"steps":{"call":[01]}}',
    '{"steps":{"call":[-]}}',
  ])("fails where JSON.parse fails: %s", (text) => {
    expect(() => parse(text)).toThrow(SyntaxError);
  });
});

import { describe, expect, it } from "vitest";
import { definitionsOf } from "./definitions";

const source = `import os

@cache
@other
class A:
    """A thing.

    More of it.
    """

    @property
    def f(self,
          b=": #") -> int:  # why
        r'''
        Two of it.
        '''
        def inner():
            return 1

        return b
        # the end of f
    # of A


async def g(): return 1

def broken(
`;

describe("definitions", () => {
  const found = definitionsOf(source);

  it("have their heads, bodies and the first words of their docstrings", () => {
    expect(found.slice(0, 4)).toEqual([
      { kind: "class", line: 3, named: 5, head: 5, endLine: 20, summary: "A thing." },
      { kind: "function", line: 11, named: 12, head: 13, endLine: 20, summary: "Two of it." },
      { kind: "function", line: 17, named: 17, head: 17, endLine: 18, summary: "" },
      { kind: "function", line: 25, named: 25, head: 25, endLine: 25, summary: "" },
    ]);
  });

  it("of a broken source are those that can be found", () => {
    expect(found.length).toBeLessThanOrEqual(5);
    expect(definitionsOf("def (:\n  x\nclass")).toEqual(expect.any(Array));
    expect(definitionsOf("")).toEqual([]);
  });
});

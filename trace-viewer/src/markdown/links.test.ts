import { describe, expect, it } from "vitest";
import { isRemote, printedAddress, safeHref } from "./links";

describe("safeHref", () => {
  it.each([
    "https://arxiv.org/abs/1706.03762",
    "http://a.b",
    "mailto:a@b.c",
    "#part-2",
    "images/x.png",
    "../y",
    "?trace=z",
  ])("lets %s through", (address) => {
    expect(safeHref(address)).toBe(address);
  });

  it.each([
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " \u0001javascript:alert(1)",
    "java\nscript:alert(1)",
    "java\tscript:alert(1)",
    "vbscript:x",
    "data:text/html,<script>alert(1)</script>",
    "blob:https://a/b",
    "file:///etc/passwd",
    "https://",
    "http://[",
  ])("stops %j", (address) => {
    expect(safeHref(address)).toBeUndefined();
  });
});

describe("isRemote", () => {
  it.each<[string, boolean]>([
    ["https://arxiv.org", true],
    ["//arxiv.org/x", true],
    ["x.png", false],
    ["/x.png", false],
  ])("%s: %s", (address, remote) => {
    expect(isRemote(address)).toBe(remote);
  });
});

describe("printedAddress", () => {
  it.each<[string, string, string | undefined]>([
    ["https://arxiv.org/abs/1706.03762", "Vaswani 2017", "arxiv.org/abs/1706.03762"],
    ["https://www.example.org/", "Example", "example.org"],
    ["mailto:a@b.c", "write to us", "a@b.c"],
    ["https://arxiv.org/abs/1706.03762", "https://arxiv.org/abs/1706.03762", undefined],
    ["images/x.png", "a picture", undefined],
  ])("of %s behind %j is %j", (href, words, printed) => {
    expect(printedAddress(href, words)).toBe(printed);
  });

  it("is cut where nobody would type on", () => {
    expect(printedAddress(`https://a.b/${"x".repeat(5000)}`, "long")).toHaveLength(200);
  });
});

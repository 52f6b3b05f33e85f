import { expect, it } from "vitest";
import { asOnTerminal } from "./terminal";

it.each([
  ["one\ntwo\tthree\n", "one\ntwo\tthree\n"],
  ["\r 10 %\r 20 %\r100 %\ndone", "100 %\ndone"],
  ["windows\r\nlines\r\n", "windows\nlines\n"],
  ["\u001b[31mred\u001b[0m \u001b]0;title\u0007plain", "red plain"],
  ["a\u202eb\u0000c\u001b", "a\\u202eb\\x00c\\x1b"],
])("%j is shown as %j", (text, shown) => {
  expect(asOnTerminal(text)).toBe(shown);
});

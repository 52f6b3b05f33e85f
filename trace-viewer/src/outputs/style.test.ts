import { describe, expect, it } from "vitest";
import { safeStyle } from "./style";

describe("safeStyle", () => {
  it("keeps what changes the look of one output", () => {
    const style = {
      color: "#c00",
      backgroundColor: "rgb(1 2 3 / 50%)",
      fontSize: 18,
      marginTop: "1.5em",
      border: "1px solid currentColor",
      width: "calc(50% - 1rem)",
      whiteSpace: "pre-wrap",
      opacity: 0.5,
    };
    expect(safeStyle(style)).toEqual(style);
  });

  it.each<[string, unknown]>([
    ["position", "fixed"],
    ["zIndex", 9999],
    ["inset", 0],
    ["transform", "scale(100)"],
    ["backgroundImage", "url(https://a.b/x)"],
    ["backgroundColor", "url(https://a.b/x)"],
    ["backgroundColor", "image-set('https://a.b/x' 1x)"],
    ["color", "var(--bg)"],
    ["width", "expression(alert(1))"],
    ["width", "attr(data-x px)"],
    ["color", "red; position: fixed"],
    ["color", "red}body{display:none"],
    ["color", "r\\65 d"],
    ["margin", "-100px"],
    ["marginTop", -100],
    ["fontSize", 1e9],
    ["fontSize", NaN],
    ["fontSize", "400px"],
    ["minWidth", "99999px"],
    ["padding", "1px 9999999px"],
    ["lineHeight", "1e9"],
    ["height", "9000vh"],
    ["width", "calc(1px * 99999)"],
    ["color", { toString: "red" }],
    ["color", "x".repeat(1000)],
    ["display", "contents"],
    ["__proto__", "red"],
    ["constructor", "red"],
  ])("drops %s: %j", (name, value) => {
    expect(safeStyle(Object.fromEntries([[name, value]]) as Record<string, string>)).toBeUndefined();
  });

  it("of nothing is nothing", () => {
    expect(safeStyle(null)).toBeUndefined();
    expect(safeStyle({})).toBeUndefined();
  });
});

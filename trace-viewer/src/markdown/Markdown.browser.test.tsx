import { expect, it, describe } from "vitest";
import { render } from "vitest-browser-react";
import "../theme/index.css";
import { Markdown, preloadMath } from "./Markdown";

const show = async (text: string, base?: string) => (await render(<Markdown text={text} base={base} />)).container;

describe("hostile text", () => {
  it.each([
    "<script>window.hacked = 1</script>",
    "<img src=x onerror='window.hacked = 1'>",
    "<svg onload='window.hacked = 1'><a xlink:href='javascript:window.hacked=1'>x</a></svg>",
    "<iframe srcdoc='<script>parent.hacked = 1</script>'></iframe>",
    "[x](javascript:window.hacked=1)",
    "[x](<java\tscript:window.hacked=1>)",
    "[x](data:text/html,<script>parent.hacked=1</script>)",
    "![x](javascript:window.hacked=1)",
    "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ImFsZXJ0KDEpIi8+)",
    "<a href='javascript:window.hacked=1' style='position:fixed;inset:0'>x</a>",
    "<style>body { display: none }</style>",
    "<form action='https://a.b'><input name=q></form>",
    "[__proto__]: javascript:window.hacked=1\n\n[__proto__] [constructor]",
    '```"onmouseover=window.hacked=1\nx\n```',
    "$\\href{javascript:window.hacked=1}{x}$ $\\includegraphics{https://a.b/x.png}$ $\\htmlStyle{position:fixed}{x}$",
    "$\\def\\a{\\a\\a}\\a$",
    `$${"{".repeat(5000)}x${"}".repeat(5000)}$`,
  ])("%s does nothing", async (text) => {
    await preloadMath();
    const page = await show(text);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect((window as { hacked?: number }).hacked).toBeUndefined();
    expect(
      page.querySelector("script, iframe, style, form, object, embed, link, meta, [onerror], [onload], [onmouseover]"),
    ).toBeNull();
    for (const link of page.querySelectorAll("a, img")) {
      const address = link.getAttribute("href") ?? link.getAttribute("src") ?? "";
      expect(address).not.toMatch(/^\s*(javascript|data|vbscript):/i);
    }
    for (const element of page.querySelectorAll<HTMLElement>("*")) {
      expect(getComputedStyle(element).position).not.toBe("fixed");
    }
  });

  it("shows HTML as it was written, a break as a break and a comment as nothing", async () => {
    const page = await show("a <b>c</b> <!-- d -->\n\n<div>e</div>\n\nf<br>g");
    expect(page.textContent).toContain("a <b>c</b>");
    expect(page.textContent).toContain("<div>e</div>");
    expect(page.textContent).not.toContain("d --");
    expect(page.querySelectorAll("br")).toHaveLength(1);
  });
});

describe("formulas", () => {
  it("are drawn, in a sentence and on a line of their own", async () => {
    await preloadMath();
    const page = await show("so $x_i^2$ and\n\n$$\\sum_i x_i$$");
    expect(page.querySelectorAll(".katex")).toHaveLength(2);
    expect(page.querySelectorAll(".tex-display .katex-display")).toHaveLength(1);
    expect(page.querySelector("math")?.textContent).toContain("x");
  });

  it.each([
    "$$\\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}$$",
    "$\\boldsymbol{\\theta} \\leftarrow \\boldsymbol{\\theta} - \\eta \\nabla L$",
    "$\\color{red}{x} + \\textcolor{#00f}{y}$",
    "$$\\begin{aligned} a &= b \\\\ &= c \\end{aligned}$$",
    "| a | b |\n|--|--|\n| $P(x|y)$ | $x_1*y_2*z$ |",
    "**$x$** and *a $y_1$ b_2*",
    "```math\n\\frac{1}{2}\n```",
    "- item\n\n  $$\n  x \\\\ y\n  $$\n",
    "> $$\n> x\n> $$",
  ])("%s is drawn without an error", async (text) => {
    await preloadMath();
    const page = await show(text);
    expect(page.querySelector(".katex")).not.toBeNull();
    expect(page.querySelector(".tex-error")).toBeNull();
    expect(page.textContent).not.toMatch(/[\uE000\uE001]/);
  });

  it("that are none stay words", async () => {
    const page = await show("it costs $5 and $6, `$x$`, \\$y$");
    expect(page.querySelector(".tex")).toBeNull();
    expect(page.textContent).toBe("it costs $5 and $6, $x$, $y$");
  });

  it("that are wrong show their source and say why", async () => {
    await preloadMath();
    const page = await show("before $\\frac{1}{$ after $y$");
    const wrong = page.querySelector<HTMLElement>(".tex-error");
    expect(wrong?.textContent).toBe("$\\frac{1}{$");
    expect(wrong?.title).toContain("could not be drawn");
    expect(page.querySelectorAll(".katex")).toHaveLength(1);
  });

  it("cannot redefine anything for one another", async () => {
    await preloadMath();
    const page = await show("$\\gdef\\alpha{X}\\alpha$ and $\\alpha$");
    const [, second] = page.querySelectorAll(".katex-html");
    expect(second?.textContent).toBe("α");
  });

  it("change when the text does", async () => {
    await preloadMath();
    const view = await render(<Markdown text="$a$" />);
    await view.rerender(<Markdown text="$\frac{$" />);
    expect(view.container.querySelector(".tex-error")).not.toBeNull();
    await view.rerender(<Markdown text="$b$" />);
    expect(view.container.querySelector(".tex-error")).toBeNull();
    expect(view.container.querySelector(".katex-html")?.textContent).toBe("b");
  });
});

describe("links and pictures", () => {
  it("open outside, without our window", async () => {
    const link = (await show("[paper](https://arxiv.org/abs/1706.03762)")).querySelector("a");
    expect(link?.target).toBe("_blank");
    expect(link?.rel).toBe("noopener noreferrer");
  });

  it("may have dollars in their addresses", async () => {
    const page = await show("[x](https://a.b/$c$?d=$e$) and `$f$`");
    expect(page.querySelector("a")?.getAttribute("href")).toBe("https://a.b/$c$?d=$e$");
    expect(page.querySelector("code")?.textContent).toBe("$f$");
  });

  it("are relative to the trace", async () => {
    const page = await show("![loss](../files/a.png) [x](b.pdf)", "var/traces/lecture.json");
    expect(page.querySelector("img")?.getAttribute("src")).toBe("var/traces/../files/a.png");
    expect(page.querySelector("a")?.getAttribute("href")).toBe("var/traces/b.pdf");
  });

  it("from another site are a link instead of a picture", async () => {
    const page = await show("![a graph](https://elsewhere.org/x.png)");
    expect(page.querySelector("img")).toBeNull();
    expect(page.querySelector("a")?.textContent).toBe("a graph");
  });

  it("of footnotes go to their place and leave the address alone", async () => {
    const page = await show("a[^1] b\n\n[^1]: why");
    const before = location.href;
    const reference = page.querySelector<HTMLAnchorElement>("sup a");
    reference?.click();
    expect(location.href).toBe(before);
    expect(document.getElementById(reference?.hash.slice(1) ?? "")?.textContent).toContain("why");
  });
});

it("Markdown's own things are all there", async () => {
  const page = await show(
    "# T\n\n- [x] done\n\n1. one\n\n~~no~~ **yes**\n\n| a |\n|--:|\n| 1 |\n\n```python\nreturn 1\n```\n\n~5 and ~6",
  );
  expect(page.querySelector("h1")?.textContent).toBe("T");
  expect(page.querySelector<HTMLInputElement>("input")?.disabled).toBe(true);
  expect(page.querySelectorAll("del")).toHaveLength(1);
  expect(page.querySelector(".listing .tok-keyword")?.textContent).toBe("return");
  expect(getComputedStyle(page.querySelector("td") as Element).textAlign).toBe("right");
});

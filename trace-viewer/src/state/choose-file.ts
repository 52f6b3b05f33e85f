import { openFile } from "./address";

/** What a trace may be called; a picker may still offer everything. */
const KINDS = ".json,.gz,application/json,application/gzip";

/** Let the reader choose a trace from their own disk. */
export function chooseFile(): void {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = KINDS;
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    if (file) void openFile(file);
  });
  input.click();
}

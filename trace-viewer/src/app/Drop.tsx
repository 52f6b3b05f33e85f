import "./drop.css";
import { useEffect, useState } from "react";
import { say } from "../state/actions";
import { openFile } from "../state/address";

/** What is dragged over the page tells so several times a second; when it stops, it has left, or was let go elsewhere. */
const SILENCE_MS = 700;

/** A trace that is dropped anywhere on the page opens. By keyboard, the command that opens a file does the same. */
export function Drop() {
  const [over, setOver] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = () => {
      clearTimeout(timer);
      setOver(false);
    };
    const drag = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      event.dataTransfer!.dropEffect = "copy";
      setOver(true);
      clearTimeout(timer);
      timer = setTimeout(end, SILENCE_MS);
    };
    const leave = (event: DragEvent) => event.relatedTarget === null && end();
    const drop = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      end();
      const [file, ...more] = event.dataTransfer!.files;
      if (!file) return;
      void openFile(file).then(() => {
        if (more.length > 0) say(`One trace at a time: this is ${file.name}.`);
      });
    };
    const listeners = { dragenter: drag, dragover: drag, dragleave: leave, drop };
    for (const [type, listener] of Object.entries(listeners)) window.addEventListener(type, listener as EventListener);
    return () => {
      clearTimeout(timer);
      for (const [type, listener] of Object.entries(listeners))
        window.removeEventListener(type, listener as EventListener);
    };
  }, []);
  if (!over) return null;
  return (
    <div className="drop" aria-hidden="true">
      <p>Drop the trace to open it</p>
    </div>
  );
}

/** Words and links that are dragged are nobody's business here. */
function holdsFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes("Files") ?? false;
}

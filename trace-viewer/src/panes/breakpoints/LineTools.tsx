import "./breakpoints.css";
import { useEffect } from "react";
import { loadBreakpoints } from "../../state/breakpoints";
import { lectureOf, useStore } from "../../state/store";
import { LineMenu } from "./LineMenu";
import { useGutter } from "./useGutter";
import { useLongPress } from "./useLongPress";

/** What can be done with a line, beyond going to it: its breakpoint, and its menu. Loaded behind the lecture itself. */
export default function LineTools() {
  const lecture = useStore(lectureOf);
  const breakpoints = useStore((state) => state.breakpoints);
  const menu = useStore((state) => state.lineMenu);
  useEffect(loadBreakpoints, [lecture]);
  useGutter(breakpoints);
  useLongPress();
  return menu && lecture ? <LineMenu key={`${menu.file} ${menu.line}`} lecture={lecture} {...menu} /> : null;
}

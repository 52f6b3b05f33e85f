import { useLayoutEffect } from "react";
import { endTypeAhead } from "../state/finding";
import { store, useStore } from "../state/store";

/** What is typed into the palette, or the contents: nothing at first but what they were opened with, or typed ahead. */
export function useTyped(): [string, (text: string) => void] {
  const text = useStore(({ palette }) => palette);
  useLayoutEffect(() => {
    endTypeAhead();
    return () => setTyped("");
  }, []);
  return [text, setTyped];
}

function setTyped(palette: string): void {
  store.setState({ palette });
}

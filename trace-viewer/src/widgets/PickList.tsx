import "./pick-list.css";
import {
  useId,
  useEffect,
  useLayoutEffect,
  useReducer,
  useRef,
  useState,
  type ComponentType,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
} from "react";
import { Icon } from "./Icon";

export interface PickGroup<T> {
  id: string;
  /** Empty: the group has no head. */
  title: string;
  items: readonly T[];
}

interface Props<T extends { id: string }> {
  /** What the field is called, and what it says while it is empty. */
  label: string;
  placeholder: string;
  text: string;
  onText(text: string): void;
  groups: readonly PickGroup<T>[];
  /** The item that is marked, by its id; the first one if there is none such. */
  at: string;
  onAt(id: string): void;
  /** An item was chosen; `stay`: with Shift or Ctrl, to be looked at from here. */
  onPick(item: T, stay: boolean): void;
  view: ComponentType<{ item: T }>;
  /** How many there are, in words: said to screen readers whenever it changes. */
  status: string;
  /** The text is from the last time: what is typed replaces it. */
  again?: boolean;
  /** Between the field and the list. */
  children?: ReactNode;
  /** Below the list. */
  foot?: ReactNode;
  /** In place of an empty list. */
  empty?: ReactNode;
}

/** Items that are made at once: more are made as they are come to. */
const CHUNK = 60;
const PAGE = 8;

/**
 * A field, and below it the list of what fits what was typed. The focus stays in the field: arrows move the mark, Enter chooses.
 */
export function PickList<T extends { id: string }>({
  label,
  placeholder,
  text,
  onText,
  groups,
  at,
  onAt,
  onPick,
  view: View,
  status,
  again = false,
  children,
  foot,
  empty,
}: Props<T>) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const items = groups.flatMap((group) => group.items);
  const marked = Math.max(
    items.findIndex((item) => item.id === at),
    0,
  );
  const [made, setMade] = useState({ text, count: CHUNK });
  if (made.text !== text) setMade({ text, count: CHUNK });
  const count = Math.max(made.count, marked + PAGE);
  const starts = groups.map((_, i) => groups.slice(0, i).reduce((sum, group) => sum + group.items.length, 0));

  // What is typed is kept in the store, which is listened to only after the first paint: a letter that comes before that
  // would be lost. To draw again at once is to listen at once.
  const [, drawAgain] = useReducer((times: number) => times + 1, 0);
  useLayoutEffect(drawAgain, [drawAgain]);
  const field = useRef<HTMLInputElement>(null);
  const opened = useRef(false);
  // Once the dialog around it is open.
  useEffect(() => {
    if (!opened.current && again) field.current?.select();
    const element = list.current?.querySelector("[aria-selected=true]");
    if (marked === 0)
      list.current?.scrollTo({ top: 0, behavior: "instant" }); // with the head of its group
    else element?.scrollIntoView({ block: opened.current ? "nearest" : "center", behavior: "instant" });
    opened.current = true;
  }, [marked, again]);

  const moveTo = (index: number) => {
    if (items.length > 0) onAt(items[index].id);
  };
  const press = (event: KeyboardEvent) => {
    const last = items.length - 1;
    const chosen = event.ctrlKey || event.metaKey;
    if (event.nativeEvent.isComposing || event.altKey) return;
    if (event.key === "ArrowDown") moveTo(marked === last ? 0 : marked + 1);
    else if (event.key === "ArrowUp") moveTo(marked === 0 ? last : marked - 1);
    else if (event.key === "PageDown") moveTo(Math.min(marked + PAGE, last));
    else if (event.key === "PageUp") moveTo(Math.max(marked - PAGE, 0));
    else if (event.key === "Home" && chosen) moveTo(0);
    else if (event.key === "End" && chosen) moveTo(last);
    else if (event.key === "Enter" && items.length > 0) onPick(items[marked], chosen || event.shiftKey);
    else if (event.key !== "Enter") return;
    event.preventDefault();
  };
  const pick = (item: T) => (event: MouseEvent) => {
    onAt(item.id);
    onPick(item, event.ctrlKey || event.metaKey || event.shiftKey);
  };

  return (
    <>
      <div className="pick-field">
        <Icon name="search" />
        <input
          ref={field}
          data-first
          type="text"
          role="combobox"
          aria-label={label}
          aria-expanded={items.length > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={items.length > 0 ? `${id}-${marked}` : undefined}
          placeholder={placeholder}
          autoComplete="off"
          autoCapitalize="off"
          autoCorrect="off"
          spellCheck={false}
          enterKeyHint="go"
          value={text}
          onChange={(event) => {
            list.current?.scrollTo({ top: 0, behavior: "instant" });
            onText(event.target.value);
          }}
          onKeyDown={press}
        />
      </div>
      {children}
      <div
        ref={list}
        className="pick-list"
        id={`${id}-list`}
        role="listbox"
        aria-label={label}
        tabIndex={-1}
        onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
          if (count < items.length && scrollTop + 2 * clientHeight > scrollHeight)
            setMade({ text, count: count + CHUNK });
        }}
      >
        {groups.map((group, place) => {
          const first = starts[place];
          const shown = group.items.slice(0, Math.max(count - first, 0));
          if (shown.length === 0) return null;
          return (
            <div key={group.id} role="group" aria-labelledby={group.title ? `${id}-${group.id}` : undefined}>
              {group.title && (
                <div className="pick-head" id={`${id}-${group.id}`} role="presentation">
                  {group.title}
                </div>
              )}
              {shown.map((item, i) => (
                // The keyboard is the field's: it moves the mark and chooses.
                // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
                <div
                  key={item.id}
                  id={`${id}-${first + i}`}
                  className="pick-item"
                  role="option"
                  aria-selected={first + i === marked}
                  aria-posinset={first + i + 1}
                  aria-setsize={items.length}
                  onPointerDown={(event) => event.pointerType === "mouse" && event.preventDefault()}
                  onClick={pick(item)}
                >
                  <View item={item} />
                </div>
              ))}
            </div>
          );
        })}
      </div>
      {items.length === 0 && empty && <div className="pick-empty">{empty}</div>}
      <div className="pick-foot">
        <p role="status">{status}</p>
        {foot}
      </div>
    </>
  );
}

import "./calls.css";
import { useState } from "react";
import { callFacts } from "../../logic/call-facts";
import { setSettings } from "../../state/actions";
import { useLecture } from "../../state/store";
import { count } from "../../values/numbers";
import { Guard } from "../../widgets/Guard";
import { Icon } from "../../widgets/Icon";
import { CallTree } from "./CallTree";
import { useCallSearch } from "./useCallSearch";

/** Every call of the run as a tree: who called whom, with what, what came back, and what it took. */
export default function CallsPane() {
  const lecture = useLecture();
  const facts = callFacts(lecture);
  const [query, setQuery] = useState("");
  const found = useCallSearch(lecture, facts, query.trim());
  return (
    <section className="calls-pane" aria-label="Calls">
      <header className="calls-head">
        <h2 className="side-title">Calls</h2>
        <span className="calls-count" role="status">
          {found ? `${count(found.matches)} of ${count(facts.order.length)}` : count(facts.order.length)}
        </span>
        <button
          type="button"
          className="icon-button"
          aria-label="Close the calls"
          title="Close"
          onClick={() => setSettings({ calls: false })}
        >
          <Icon name="close" />
        </button>
      </header>
      <input
        type="search"
        className="calls-filter"
        placeholder="function, or argument=value"
        aria-label="Filter the calls by function or argument"
        spellCheck={false}
        value={query}
        onChange={(event) => setQuery(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || query === "") return;
          event.preventDefault();
          setQuery("");
        }}
      />
      <Guard what="The tree of calls" watch={lecture}>
        <CallTree key={found ? "found" : "all"} lecture={lecture} facts={facts} found={found} />
      </Guard>
    </section>
  );
}

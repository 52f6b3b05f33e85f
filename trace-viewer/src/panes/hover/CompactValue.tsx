import type { Value } from "../../format/generated";
import { kindOf, type Of } from "../../values/kinds";
import { brief } from "../../values/numbers";
import { factsOf } from "../../values/tensor/facts";
import { ValueInline } from "../../values/ValueInline";
import { ValueView } from "../../values/ValueView";
import { Guard } from "../../widgets/Guard";

/** A value small enough for a card: an array as its shape, type and moments, what opens as a tree that scrolls. */
export function CompactValue({ value }: { value: Value }) {
  return (
    <div className="hover-value">
      <Guard what="This value" watch={value}>
        <Shown value={value} />
      </Guard>
    </div>
  );
}

function Shown({ value }: { value: Value }) {
  switch (kindOf(value)) {
    case "sequence":
    case "mapping":
    case "instance":
    case "string":
    case "text":
    case "formula":
    case "definition":
    case "opaque":
      return <ValueView value={value} />;
    case "tensor":
      return (
        <>
          <ValueInline value={value} max={160} />
          <Moments tensor={value as Of<"tensor">} />
        </>
      );
  }
  return <ValueInline value={value} max={160} />;
}

function Moments({ tensor }: { tensor: Of<"tensor"> }) {
  const facts = factsOf(tensor);
  if (!facts || facts.of < 2) return null;
  const { min, max, mean, std } = facts;
  const words = Object.entries({ min, max, mean, std }).flatMap(([name, fact]) =>
    fact === undefined ? [] : [`${name} ${brief(fact, 3)}`],
  );
  return words.length > 0 ? <span className="hover-note">{words.join(" · ")}</span> : null;
}

import { CostDetails } from "../../costs/CostDetails";
import { costsOf, type Operation } from "../../logic/costs";
import type { Lecture } from "../../logic/lecture";
import { roofsOf } from "../../logic/roofline";
import { count } from "../../values/numbers";

/** A card by the way is small: the operations are in the card that stands there while costs are shown. */
const NONE: Operation[] = [];

/** How often a line ran, and what that cost. */
export function LineDetails({ lecture, file, line }: { lecture: Lecture; file: number; line: number }) {
  const costs = costsOf(lecture);
  const account = costs.lineAt(file, line);
  if (!account) return <p className="hover-note">Line {line} did not run in this recording.</p>;
  const elided = lecture.executions
    .statementsAt(file, line)
    .map((statement) => lecture.elided.wordsOf(statement))
    .find(Boolean);
  return (
    <>
      <p className="hover-title">
        <strong>
          Line {line} ran {account.runs === 1 ? "once" : `${count(account.runs)} times`}
        </strong>
        {elided && <span>and {elided}</span>}
      </p>
      <CostDetails
        account={account}
        operations={NONE}
        counted={costs.counted}
        roof={roofsOf(lecture.trace).find(({ ran }) => ran)}
      />
    </>
  );
}

import "./costs.css";
import type { Account, Cost, Operation } from "../logic/costs";
import { pointOf, type Roof, usualCeiling } from "../logic/roofline";
import { bytes, percent, plain, seconds, si } from "../logic/units";
import { count } from "../values/numbers";

interface Props {
  account: Account;
  /** Those that it ran itself, the dearest first. */
  operations: Operation[];
  /** Whether operations were counted in this run at all. */
  counted: boolean;
  /** The machine it ran on, if known. */
  roof: Roof | undefined;
}

/** What something cost: by itself and with what it called, and the operations that it ran. */
export function CostDetails({ account, operations, counted, roof }: Props) {
  const { own, all, peak } = account;
  const calls = differ(own, all);
  return (
    <div className="cost-details">
      <table>
        <thead>
          <tr>
            <td />
            <th scope="col">{calls ? "itself" : <span className="visually-hidden">cost</span>}</th>
            {calls && <th scope="col">with calls</th>}
          </tr>
        </thead>
        <tbody>
          {rowsOf(own, all, counted).map(({ name, of, write, unit }) => (
            <tr key={name}>
              <th scope="row" title={unit === "B" ? UNFUSED : undefined}>
                {name}
              </th>
              <Amount amount={of(own)} write={write} unit={unit} />
              {calls && <Amount amount={of(all)} write={write} unit={unit} />}
            </tr>
          ))}
          {counted && <Standing account={account} calls={calls} roof={roof} />}
          {peak >= 0 && (
            <tr>
              <th scope="row" title="The most bytes of tensors that were alive at once while it ran">
                Peak memory
              </th>
              {calls && <td>–</td>}
              <Amount amount={peak} write={bytes} unit="B" />
            </tr>
          )}
        </tbody>
      </table>
      {operations.length > 0 && <Operations operations={operations} />}
    </div>
  );
}

const UNFUSED = "Every input of every operation read once, every output written once, views free";

function differ(own: Cost, all: Cost): boolean {
  return all.seconds > own.seconds * 1.0001 || total(all) > total(own);
}

function total({ forwardFlops, backwardFlops, forwardBytes, backwardBytes }: Cost): number {
  return forwardFlops + backwardFlops + forwardBytes + backwardBytes;
}

interface Row {
  name: string;
  of: (cost: Cost) => number;
  write: (amount: number) => string;
  unit: string;
}

function rowsOf(own: Cost, all: Cost, counted: boolean): Row[] {
  const time: Row = { name: "Time", of: (cost) => cost.seconds, write: seconds, unit: "s" };
  if (!counted) return [time];
  const flops = (name: string, of: Row["of"]): Row => ({ name, of, write: (n) => si(n, "FLOP"), unit: "FLOP" });
  const moved = (name: string, of: Row["of"]): Row => ({ name, of, write: bytes, unit: "B" });
  const backward = own.backwardFlops + own.backwardBytes + all.backwardFlops + all.backwardBytes > 0;
  if (!backward) {
    return [
      time,
      flops("FLOPs", (cost) => cost.forwardFlops),
      moved("Bytes moved, unfused", (cost) => cost.forwardBytes),
    ];
  }
  return [
    time,
    flops("FLOPs forward", (cost) => cost.forwardFlops),
    flops("FLOPs backward", (cost) => cost.backwardFlops),
    moved("Bytes forward, unfused", (cost) => cost.forwardBytes),
    moved("Bytes backward, unfused", (cost) => cost.backwardBytes),
  ];
}

function Amount({ amount, write, unit }: { amount: number; write: Row["write"]; unit: string }) {
  if (amount === 0) return <td className="cost-none">0</td>;
  return <td title={`${unit === "s" ? amount : count(amount)} ${unit}`}>{write(amount)}</td>;
}

/** FLOPs a byte, FLOP/s, and how much of the machine's peak that is: of the forward pass, whose time is known. */
function Standing({
  account: { own, all },
  calls,
  roof,
}: {
  account: Account;
  calls: boolean;
  roof: Roof | undefined;
}) {
  const points = (calls ? [own, all] : [own]).map(pointOf);
  if (points.every((point) => point === null)) return null;
  const ceiling = roof && usualCeiling(roof);
  const rated = points.some((point) => point && !Number.isNaN(point.rate));
  return (
    <>
      <tr>
        <th scope="row" title="Forward FLOPs for each byte moved, unfused">
          Intensity
        </th>
        {points.map((point, index) => (
          // oxlint-disable-next-line react/no-array-index-key
          <td key={index}>{point ? `${plain(point.intensity)} FLOP/B` : "–"}</td>
        ))}
      </tr>
      {rated && (
        <tr>
          <th scope="row" title="Forward FLOPs in the time that the line itself took">
            Rate
          </th>
          {points.map((point, index) => (
            // oxlint-disable-next-line react/no-array-index-key
            <td key={index}>{point && !Number.isNaN(point.rate) ? si(point.rate, "FLOP/s") : "–"}</td>
          ))}
        </tr>
      )}
      {rated && ceiling && (
        <tr>
          <th scope="row" title={`Of the ${si(ceiling.flops, "FLOP/s")} that ${roof.name} reaches at most`}>
            of {ceiling.dtypes[0]} peak
          </th>
          {points.map((point, index) => (
            // oxlint-disable-next-line react/no-array-index-key
            <td key={index}>{point && !Number.isNaN(point.rate) ? percent(point.rate / ceiling.flops) : "–"}</td>
          ))}
        </tr>
      )}
    </>
  );
}

const MOST_OPERATIONS = 8;

function Operations({ operations }: { operations: Operation[] }) {
  const working = operations.filter(({ kind, bytes: moved, flops }) => kind !== "views" || moved + flops > 0);
  const shown = working.slice(0, MOST_OPERATIONS);
  const left = working.length - shown.length;
  const views = operations.filter((operation) => !working.includes(operation));
  return (
    <ul className="cost-operations" aria-label="Operations">
      {shown.map((operation) => (
        <li key={`${operation.name} ${operation.formula} ${operation.backward} ${operation.kind}`}>
          <span className="cost-operation">{operation.name.slice(0, 60)}</span>
          {operation.count > 1 && <span className="cost-times"> ×{count(operation.count)}</span>}
          {operation.backward && <span className="cost-phase"> backward</span>}
          <span className="cost-amount" title={`${count(operation.flops)} FLOP, ${count(operation.bytes)} B`}>
            {amountOf(operation)}
          </span>
          {operation.formula && (
            <span className="cost-formula">
              {operation.formula.slice(0, 200)}
              {operation.count > 1 && ` ×${count(operation.count)}`}
            </span>
          )}
        </li>
      ))}
      {left > 0 && <li className="cost-none">… and {count(left)} more</li>}
      {views.length > 0 && <Views views={views} />}
    </ul>
  );
}

/** Views in one row: they only look at memory that is there. */
function Views({ views }: { views: Operation[] }) {
  const names = [...new Set(views.map(({ name }) => name.slice(0, 60)))];
  const times = views.reduce((sum, { count }) => sum + count, 0);
  return (
    <li>
      <span className="cost-operation">{names.slice(0, 6).join(", ")}</span>
      {names.length > 6 && " …"}
      <span className="cost-times"> ×{count(times)}</span>
      <span className="cost-amount cost-none">views, free</span>
    </li>
  );
}

function amountOf({ flops, bytes: moved, kind }: Operation): string {
  const amounts = [flops > 0 ? si(flops, "FLOP") : "", moved > 0 ? bytes(moved) : ""].filter(Boolean);
  if (kind === "communicates") amounts.push("sent");
  return amounts.join(", ") || "nothing counted";
}

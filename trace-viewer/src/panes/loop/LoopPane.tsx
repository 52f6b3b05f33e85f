import "./loop-table.css";
import { memo } from "react";
import type { Value } from "../../format/generated";
import type { Lecture } from "../../logic/lecture";
import { loopsOf, type LoopPlace } from "../../logic/loops";
import { numberIn, type Series } from "../../logic/series";
import { asTable, columnName, turnsOf, type TurnColumn } from "../../logic/turns";
import { seconds } from "../../logic/units";
import { goToTurn, say, setSettings } from "../../state/actions";
import { loopHere } from "../../state/loops";
import { useLecture, useStore } from "../../state/store";
import { count, pythonFloat } from "../../values/numbers";
import { summarise } from "../../values/summary";
import { ValueInline } from "../../values/ValueInline";
import { Curve } from "../../widgets/Curve";
import { Guard } from "../../widgets/Guard";
import { Icon } from "../../widgets/Icon";
import { useRows } from "../../widgets/useRows";
import { numberWriter } from "./number-writer";

/** What the loop around the step bound, turn by turn, and how long each turn took. */
export default function LoopPane() {
  const lecture = useLecture();
  const place = useStore(loopHere);
  return (
    <section className="loop-pane" data-covers aria-label="Turns of the loop">
      <header className="loop-head">
        <h2 className="side-title">
          {place ? `Turns of the loop on line ${lecture.trace.statements.line[place.statement]}` : "Turns of a loop"}
        </h2>
        {place && <CopyButton lecture={lecture} place={place} />}
        <button
          type="button"
          className="icon-button"
          aria-label="Close the turns"
          title="Close"
          onClick={() => setSettings({ turns: false })}
        >
          <Icon name="close" />
        </button>
      </header>
      {place ? (
        <Guard what="This table" watch={place.index}>
          <TurnTable key={place.index} lecture={lecture} place={place} />
        </Guard>
      ) : (
        <p className="nothing">This step is in no loop.</p>
      )}
    </section>
  );
}

function CopyButton({ lecture, place }: { lecture: Lecture; place: LoopPlace }) {
  if (!navigator.clipboard) return null; // as on a page that came over plain HTTP
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(asTable(lecture, place, inFull));
      say(`Copied ${count(place.turns)} turns, with tabs between the columns.`);
    } catch {
      say("The browser did not allow copying.");
    }
  };
  return (
    <button type="button" className="text-button loop-copy" onClick={() => void copy()}>
      Copy
    </button>
  );
}

/** A value for a spreadsheet: numbers with all their figures, other values in a line. */
function inFull(value: Value): string {
  const number = numberIn(value);
  if (number === undefined) return summarise(value, 200);
  return Number.isInteger(number) ? String(number) : pythonFloat(number);
}

const ROW_REM = 1.625;

function TurnTable({ lecture, place }: { lecture: Lecture; place: LoopPlace }) {
  const { columns, left } = turnsOf(lecture, place);
  const reveal = useStore(({ settings }) => settings.animate);
  const rows = reveal ? place.turn : place.turns;
  const current = place.turn - 1;
  const { box, from, to, above, below } = useRows(rows, ROW_REM, current);
  const more = loopsOf(lecture).more(place);
  return (
    <>
      {/* A region that scrolls must be reachable by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="loop-rows" ref={box} tabIndex={0} role="region" aria-label="Turns">
        <table aria-rowcount={rows + 1}>
          <thead>
            <tr>
              <th scope="col" className="loop-number">
                turn
              </th>
              {columns.map((column) => (
                <ColumnHead key={columnName(column)} column={column} current={current} reveal={reveal} />
              ))}
              <th scope="col" className="loop-number">
                time
              </th>
            </tr>
          </thead>
          <tbody>
            {above > 0 && <Gap height={above} />}
            {Array.from({ length: to - from }, (_, i) => (
              <TurnRow
                key={from + i}
                lecture={lecture}
                place={place}
                columns={columns}
                turn={from + i + 1}
                here={from + i === current}
              />
            ))}
            {below > 0 && <Gap height={below} />}
          </tbody>
        </table>
      </div>
      {more && <p className="nothing">{more}.</p>}
      {columns.length === 0 && (
        <p className="nothing">
          Nothing is inspected in this loop: <code># @inspect</code> on a line of it adds a column.
        </p>
      )}
      {left > 0 && <p className="nothing">{count(left)} more names are left out.</p>}
    </>
  );
}

/** Stands for the rows that are out of view. */
function Gap({ height }: { height: number }) {
  return (
    <tr aria-hidden="true">
      <td style={{ height, padding: 0 }} />
    </tr>
  );
}

interface HeadProps {
  column: TurnColumn;
  current: number;
  reveal: boolean;
}

function ColumnHead({ column, current, reveal }: HeadProps) {
  const { name, within, series } = column;
  return (
    <th scope="col" className={series?.of === "value" ? "loop-number" : undefined} title={columnName(column)}>
      {within && <span className="loop-name loop-within">{within}</span>}
      <span className="loop-name">{name}</span>
      {series && series.max > series.min && (
        <span className="loop-curve">
          <Curve series={series} columns={60} current={current} reveal={reveal} />
        </span>
      )}
    </th>
  );
}

interface RowProps {
  lecture: Lecture;
  place: LoopPlace;
  columns: TurnColumn[];
  turn: number;
  here: boolean;
}

const TurnRow = memo(
  function TurnRow({ lecture, place, columns, turn, here }: RowProps) {
    const time = loopsOf(lecture).duration(place, turn);
    return (
      // The button in it is for the keyboard; the whole row is easier to hit.
      // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions
      <tr aria-rowindex={turn + 1} aria-current={here || undefined} onClick={() => goToTurn(turn, true)}>
        <th scope="row" className="loop-number">
          <button type="button" className="loop-turn-button" aria-label={`Turn ${turn}`}>
            {count(turn)}
          </button>
        </th>
        {columns.map((column) => (
          <Cell key={columnName(column)} lecture={lecture} column={column} turn={turn} />
        ))}
        <td className="loop-number loop-time">{seconds(time / 1e9, 2)}</td>
      </tr>
    );
  },
  // A run's table never changes, and neither does what a row says of it.
  (a, b) => a.columns === b.columns && a.turn === b.turn && a.here === b.here,
);

function Cell({ lecture, column, turn }: { lecture: Lecture; column: TurnColumn; turn: number }) {
  const index = column.values[turn - 1];
  if (index < 0) return <td />;
  const value = lecture.trace.values[index];
  const { series } = column;
  const number = series?.of === "value" && typeof value !== "boolean" ? numberIn(value) : undefined;
  if (!series || number === undefined)
    return (
      <td className={series?.of === "value" ? "loop-number" : undefined}>
        <ValueInline value={value} max={28} />
      </td>
    );
  const finite = Number.isFinite(number);
  return (
    <td className={finite ? "loop-number" : "loop-number value-bad"}>
      {finite ? writerOf(column, series)(number) : oddWords(number)}
    </td>
  );
}

function oddWords(number: number): string {
  return Number.isNaN(number) ? "nan" : number > 0 ? "inf" : "−inf";
}

const writers = new WeakMap<TurnColumn, (number: number) => string>();

/** How the numbers of a column are written, worked out once. */
function writerOf(column: TurnColumn, series: Series): (number: number) => string {
  let writer = writers.get(column);
  if (!writer) writers.set(column, (writer = numberWriter(series)));
  return writer;
}

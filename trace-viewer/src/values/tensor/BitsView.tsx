import { Fragment, useMemo } from "react";
import {
  bitsOf,
  classOf,
  encode,
  exactDecimal,
  formatOf,
  FORMATS,
  rangeOf,
  rounded,
  spacing,
  type Fields,
  type FloatFormat,
} from "../../logic/floats";
import { brief, count } from "../numbers";
import { chooseFormat, useChoices } from "./choices";
import type { Field } from "./field";
import { lossesOf } from "./losses";

type Props = {
  field: Field;
  /** The element whose bits are shown. */ cell: number;
  /** Where that is. */ place: string;
};

const LONGEST_DECIMAL = 80;

/** The bits of one element: what its fields mean, and what other formats would make of it. */
export function BitsView({ field, cell, place }: Props) {
  const { format: chosen } = useChoices();
  const own = formatOf(field.dtype);
  const content = field.cells[cell];
  const x = Number(typeof content === "string" ? content.replace("inf", "Infinity") : content);
  const losses = useMemo(() => lossesOf(field.numbers), [field]);
  if (!own) return null;
  // In a sample, floats have five digits: enough to tell those of 16 and 8 bits apart, not these.
  const isRounded = !field.whole && own.mantissaBits > 10;
  const value = rounded(own, x);
  const shown = (chosen !== null && formatOf(chosen)) || own;
  return (
    <div className="bits">
      <p className="bits-what">
        {place} in <strong>{shown.name}</strong>
        {shown === own ? null : ", if it were stored so"}
      </p>
      <BitStrip format={shown} fields={encode(shown, value)} />
      <Meaning format={shown} value={value} />
      {isRounded ? (
        <p className="bits-note">The record has it rounded to 5 digits: its last bits may be others.</p>
      ) : null}
      <table className="bits-formats">
        <thead>
          <tr>
            <th scope="col">in</th>
            <th scope="col">stored as</th>
            <th scope="col">error</th>
            <th scope="col">{field.whole ? "lost" : "lost, of shown"}</th>
          </tr>
        </thead>
        <tbody>
          {Object.values(FORMATS)
            .filter(({ name }) => name !== "float64" || own.name === "float64")
            .map((format) => (
              <tr key={format.name} data-own={format === own || undefined}>
                <th scope="row">
                  <button
                    type="button"
                    className="lens-button"
                    aria-pressed={format === shown}
                    onClick={() => chooseFormat(format === own ? null : format.name)}
                  >
                    {format.name.replace("float8_", "")}
                  </button>
                </th>
                <Stored format={format} value={value} />
                <td>{lossWords(losses.get(format.name))}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}

/** The bits, field by field. */
function BitStrip({ format, fields }: { format: FloatFormat; fields: Fields }) {
  const bits = bitsOf(format, fields);
  const labels = ["sign", `exponent, ${format.exponentBits} bits`, `mantissa, ${format.mantissaBits} bits`];
  return (
    <div className="bit-strip">
      {["sign", "exponent", "mantissa"].map((field, i) => (
        <div key={field} className={`bit-field bit-${field}`}>
          <code>
            {(bits[i].match(/.{1,8}/g) ?? []).map((part, at) => (
              <Fragment key={at}>
                {at > 0 ? <wbr /> : null}
                {part}
              </Fragment>
            ))}
          </code>
          <span>{labels[i]}</span>
        </div>
      ))}
    </div>
  );
}

/** What the fields say, as a formula and as a number. */
function Meaning({ format, value }: { format: FloatFormat; value: number }) {
  const fields = encode(format, value);
  const kind = classOf(format, fields);
  const stored = rounded(format, value);
  const { smallestNormal, smallestSubnormal, largest } = rangeOf(format);
  const sign = (
    <span className="bit-sign">
      (−1)<sup>{fields.sign}</sup>
    </span>
  );
  const exact = exactDecimal(stored);
  const step = spacing(format, fields);
  return (
    <div className="bits-meaning">
      <p>
        {kind === "nan" ? (
          "Not a number: all ones in the exponent, and some in the mantissa."
        ) : kind === "infinite" ? (
          <>{sign} · ∞: all ones in the exponent, none in the mantissa.</>
        ) : kind === "zero" ? (
          <>
            {sign} · 0: no bit is set{fields.sign ? " but the sign" : ""}.
          </>
        ) : (
          <>
            {sign} ·{" "}
            <span className="bit-exponent">
              2<sup>{kind === "subnormal" ? `1−${format.bias}` : `${fields.exponent}−${format.bias}`}</sup>
            </span>{" "}
            · <span className="bit-mantissa">{mantissaText(format, fields, kind === "subnormal")}</span>
            {kind === "subnormal" ? ", subnormal: no leading 1" : null}
          </>
        )}
      </p>
      {kind === "nan" || kind === "infinite" ? null : (
        <p>
          = {minus(shorten(exact))} {exact.length > LONGEST_DECIMAL ? null : "exactly"}
          <br />
          <span className="bits-note">
            the next number is {brief(step)} away
            {kind === "zero" ? "" : `, ${brief(Math.abs(step / stored))} of this one`}
          </span>
        </p>
      )}
      <p className="bits-note">
        {format.name}: largest {brief(largest)}, smallest normal {brief(smallestNormal)}, smallest{" "}
        {brief(smallestSubnormal)}
      </p>
    </div>
  );
}

/** What a format makes of the number, and how far that is off. */
function Stored({ format, value }: { format: FloatFormat; value: number }) {
  const stored = rounded(format, value);
  const fields = encode(format, value);
  const error = stored - value;
  const isTooLarge = Number.isFinite(value) && Math.abs(value) >= rangeOf(format).overflows;
  const isLost = isTooLarge || (stored === 0 && value !== 0);
  const words = isTooLarge
    ? Number.isFinite(stored)
      ? "too large: the most"
      : "overflow"
    : isLost
      ? "underflow"
      : Object.is(stored, value)
        ? "exact"
        : Number.isFinite(value)
          ? `${brief(Math.abs(error / value) * 100)} %`
          : "too large: the most";
  return (
    <>
      <td className={isLost ? "value-bad" : undefined}>
        {minus(
          Number.isFinite(stored) ? short(stored, format) : stored !== stored ? "nan" : stored > 0 ? "inf" : "-inf",
        )}
        {classOf(format, fields) === "subnormal" ? <span className="value-faint"> sub</span> : null}
      </td>
      <td className={isLost ? "value-bad" : undefined}>{words}</td>
    </>
  );
}

function lossWords(loss: { vanish: number; overflow: number } | undefined): string {
  if (!loss) return "";
  const words = [];
  if (loss.vanish > 0) words.push(`${count(loss.vanish)} → 0`);
  if (loss.overflow > 0) words.push(`${count(loss.overflow)} too large`);
  return words.join(", ");
}

/** `1.1001…` as a decimal: exact while short, else cut. */
function mantissaText({ mantissaBits }: FloatFormat, { mantissa }: Fields, isSubnormal: boolean): string {
  return shorten(exactDecimal((isSubnormal ? 0 : 1) + mantissa / 2 ** mantissaBits), 24);
}

function shorten(text: string, most = LONGEST_DECIMAL): string {
  if (text.length <= most) return text;
  const exponent = /e[-+]\d+$/.exec(text)?.[0] ?? "";
  return `${text.slice(0, most - exponent.length)}…${exponent}`;
}

/** As few digits as tell the number from its neighbours in the format. */
function short(value: number, format: FloatFormat): string {
  for (let digits = 1; digits < 17; digits++) {
    const text = value.toPrecision(digits);
    if (rounded(format, Number(text)) === value) return String(Number(text));
  }
  return String(value);
}

function minus(text: string): string {
  return text.replaceAll("-", "−");
}

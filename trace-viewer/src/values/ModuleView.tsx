import "./DataTable.css";
import "./module.css";
import { Fragment } from "react";
import type { Module, Parameter, Value } from "../format/generated";
import { bytes, percent } from "../logic/units";
import { visible } from "./escape";
import { useKept } from "./kept";
import { count } from "./numbers";
import { name } from "./summary";
import { Tree } from "./Tree";

const PAGE = 12;

type Props = { module: Module; before?: Value | undefined };

/** A neural network module: what it holds in all, its parameters as a table, and its fields. */
export default function ModuleView({ module, before }: Props) {
  const { type, fields, length, parameters } = module;
  const was = typeof before === "object" && before?.kind === "module" ? before : undefined;
  return (
    <div className="value-module">
      <Head module={module} />
      {parameters.length > 0 ? <Parameters module={module} before={was} /> : null}
      <Tree
        value={{ kind: "instance", type, fields, length }}
        before={was && { kind: "instance", type: was.type, fields: was.fields, length: was.length }}
        top={parameters.length === 0}
      />
    </div>
  );
}

function Head({ module }: { module: Module }) {
  const { type, parameter_count, trainable_count, parameter_bytes, buffer_bytes = 0 } = module;
  const dtype = commonDtype(module);
  const frozen = parameter_count - trainable_count;
  return (
    <div className="value-head">
      <span className="tok-class">{name(type)}</span>
      <span>
        <span className="value-shape">{count(parameter_count)}</span> parameters
      </span>
      <span title={`${count(parameter_bytes)} bytes`}>{bytes(parameter_bytes)}</span>
      {dtype === undefined ? null : <span className="value-dtype">{visible(dtype).slice(0, 40)}</span>}
      {frozen > 0 ? <span className="value-faint">{count(trainable_count)} trainable</span> : null}
      {buffer_bytes > 0 ? (
        <span className="value-faint" title={`${count(buffer_bytes)} bytes`}>
          and {bytes(buffer_bytes)} of buffers
        </span>
      ) : null}
    </div>
  );
}

function Parameters({ module, before }: { module: Module; before: Module | undefined }) {
  const { parameters, row_count, parameter_count } = module;
  const [shown, setShown] = useKept("parameters", PAGE);
  const old = before && new Map(before.parameters.map((row) => [row.name, row]));
  const most = Math.max(...parameters.slice(0, shown).map((row) => (row.same_as ? 0 : row.count)), 0);
  const dtype = commonDtype(module);
  const hidden = parameters.length - shown;
  return (
    // Scrolls sideways, so the keyboard must reach it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="data-table parameters" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">parameter</th>
            <th scope="col">shape</th>
            {dtype === undefined ? <th scope="col">dtype</th> : null}
            <th scope="col" className="number">
              count
            </th>
          </tr>
        </thead>
        <tbody>
          {parameters.slice(0, shown).map((row, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- names may be cut, and so be equal
            <Row
              key={index}
              row={row}
              total={parameter_count}
              showsDtype={dtype === undefined}
              most={most}
              change={old && changeOf(row, old.get(row.name))}
            />
          ))}
        </tbody>
      </table>
      {hidden > 0 ? (
        <button type="button" className="text-button value-more" onClick={() => setShown(shown + PAGE * 4)}>
          Show {count(Math.min(PAGE * 4, hidden))} more of {count(parameters.length)}
        </button>
      ) : row_count > parameters.length ? (
        <p className="value-more value-faint">… and {count(row_count - parameters.length)} more, not recorded</p>
      ) : null}
    </div>
  );
}

type RowProps = { row: Parameter; total: number; most: number; showsDtype: boolean; change: string | undefined };

function Row({ row, total, most, showsDtype, change }: RowProps) {
  const share = row.same_as || !(total > 0) ? 0 : row.count / total;
  return (
    <tr data-change={change}>
      <th scope="row">
        <Qualified name={row.name} />
        {row.trainable === false ? <span className="chip">frozen</span> : null}
      </th>
      <td>[{row.shape.slice(0, 20).join(", ")}]</td>
      {showsDtype ? <td className="value-faint">{visible(row.dtype).slice(0, 40)}</td> : null}
      {row.same_as ? (
        <td className="number tied" title={`the same tensor as ${visible(row.same_as)}`}>
          tied to <Qualified name={row.same_as} />
        </td>
      ) : (
        <td className="number" title={`${percent(share)} of all parameters`}>
          {count(row.count)}
          <span className="share">
            <span className="share-bar" style={{ width: `${most > 0 ? Math.min(1, row.count / most) * 100 : 0}%` }} />
          </span>
        </td>
      )}
    </tr>
  );
}

/** `blocks.0.norm.weight`, which may break after its dots. */
function Qualified({ name: qualified }: { name: string }) {
  return visible(qualified)
    .split(".")
    .map((part, index) => (
      // oxlint-disable-next-line react/no-array-index-key -- a part stands at its place
      <Fragment key={index}>
        {index > 0 ? "." : ""}
        {index > 0 ? <wbr /> : null}
        {part}
      </Fragment>
    ));
}

/** The dtype of all parameters; undefined if they differ. */
function commonDtype({ parameters, row_count }: Module): string | undefined {
  const [first] = parameters;
  const common = parameters.length === row_count && parameters.every(({ dtype }) => dtype === first?.dtype);
  return common ? first?.dtype : undefined;
}

function changeOf(row: Parameter, was: Parameter | undefined): string | undefined {
  if (!was) return "added";
  const same =
    row.dtype === was.dtype &&
    row.trainable === was.trainable &&
    row.same_as === was.same_as &&
    row.shape.join() === was.shape.join();
  return same ? undefined : "changed";
}

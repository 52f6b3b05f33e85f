import "./memory.css";
import { useId } from "react";
import { ROLES, type Moment } from "../../logic/memory";
import { bytes as written, plain } from "../../logic/units";
import { jumpTo } from "../../state/actions";
import { visible } from "../../values/escape";
import { fillOf, ROLE_NAMES, RolePatterns } from "./roles";
import { Sections } from "./Sections";
import { Timeline } from "./Timeline";
import { useMemory, type MemoryNow, type ModelState } from "./useMemory";

/** How much memory the live tensors take at the current step, by what they are for, and how that went over the lecture. */
export default function MemoryPane() {
  const memory = useMemory();
  if (!memory) return null;
  const { device, devices, moment, state } = memory;
  const most = device.highest.at(-1)!;
  return (
    <section className="memory" aria-label="Memory">
      <h2 className="side-title">Memory</h2>
      {devices.length > 1 ? <Devices {...memory} /> : <p className="memory-device">{visible(device.device)}</p>}
      {moment ? (
        <>
          <p className="memory-total">
            <strong>{written(moment.total)}</strong> of tensors alive
          </p>
          <Bar moment={moment} most={most} />
          <Roles moment={moment} />
          {state && <State {...state} />}
          <Peaks {...memory} moment={moment} />
        </>
      ) : (
        <p className="nothing">No tensor of this device yet.</p>
      )}
      <Timeline device={device} />
      <p className="memory-highest">
        <button type="button" className="text-button" onClick={() => jumpTo(device.known[device.top])}>
          Go to the highest moment
        </button>{" "}
        ({written(most)})
      </p>
      <Sections device={device} />
    </section>
  );
}

function Devices({ devices, device, choose, position }: MemoryNow) {
  return (
    <div className="memory-devices" role="group" aria-label="Device">
      {devices.map((each, index) => (
        <button
          key={each.device}
          type="button"
          className="button"
          aria-pressed={each === device}
          onClick={() => choose(index)}
        >
          {visible(each.device)} <span className="memory-small">{written(each.at(position)?.total ?? 0)}</span>
        </button>
      ))}
    </div>
  );
}

/** What is alive as one bar; its whole width is the most that ever was, so that bars of different steps compare. */
function Bar({ moment: { live, total }, most }: { moment: Moment; most: number }) {
  const id = useId();
  const share = (bytes: number) => `${(100 * bytes) / (most || 1)}%`;
  const before = live.map((_, index) => live.slice(0, index).reduce((sum, bytes) => sum + bytes, 0));
  return (
    <svg className="memory-bar" role="img" aria-label={`${written(total)} of at most ${written(most)}`}>
      <RolePatterns id={id} />
      {ROLES.map((role, index) => (
        <rect key={role} x={share(before[index])} width={share(live[index])} height="100%" fill={fillOf(id, role)} />
      ))}
    </svg>
  );
}

function Roles({ moment: { live, total } }: { moment: Moment }) {
  const id = useId();
  return (
    <table className="memory-roles">
      <thead className="visually-hidden">
        <tr>
          <th scope="col">What for</th>
          <th scope="col">Size</th>
          <th scope="col">Bytes</th>
        </tr>
      </thead>
      <tbody>
        {ROLES.map((role, index) => (
          <tr key={role} data-none={live[index] === 0 || undefined}>
            <th scope="row">
              <svg className="role-swatch" aria-hidden="true">
                <RolePatterns id={`${id}-${role}`} />
                <rect width="100%" height="100%" fill={fillOf(`${id}-${role}`, role)} />
              </svg>
              {ROLE_NAMES[role]}
            </th>
            <td>{written(live[index])}</td>
            <td className="memory-small">{count(live[index])}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">Together</th>
          <td>{written(total)}</td>
          <td className="memory-small">{count(total)}</td>
        </tr>
      </tfoot>
    </table>
  );
}

/** The rule of thumb that is worth knowing by heart: bytes a parameter. */
function State({ bytes, count: parameters, ratio }: ModelState) {
  return (
    <p className="memory-state">
      Parameters, gradients and optimizer state:{" "}
      {parameters === null ? (
        <>
          <strong>{plain(ratio)}</strong> times the bytes of the parameters alone
        </>
      ) : (
        <>
          <strong>{plain(bytes / parameters)} bytes a parameter</strong> ({count(parameters)} parameters)
        </>
      )}
    </p>
  );
}

function Peaks({ lecture: { positions }, position, moment }: MemoryNow & { moment: Moment }) {
  const { peak, highest, allocated } = moment;
  const ended = positions.exit[positions.step[position]] === position;
  return (
    <dl className="memory-peaks">
      <Fact name="Peak in this step" bytes={peak} none={ended ? "nothing changed here" : "known when it has run"} />
      <Fact name="Peak so far" bytes={highest} />
      {allocated !== null && <Fact name="The device’s allocator says" bytes={allocated} />}
    </dl>
  );
}

function Fact({ name, bytes, none = "" }: { name: string; bytes: number | null; none?: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {bytes === null ? (
          <span className="memory-small">{none}</span>
        ) : (
          <>
            {written(bytes)} <span className="memory-small">{count(bytes)} B</span>
          </>
        )}
      </dd>
    </div>
  );
}

function count(number: number): string {
  return number.toLocaleString("en-US");
}

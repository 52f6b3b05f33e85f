/* oxlint-disable jsx-a11y/no-noninteractive-tabindex, jsx-a11y/no-noninteractive-element-interactions
   -- an `application` has its own keys: that is what the role says */
import { memo, useEffect, useLayoutEffect, useMemo, useRef, type KeyboardEvent, type PointerEvent } from "react";
import { useLook } from "../../theme/scheme";
import type { Change } from "./compare";
import type { Field } from "./field";
import { arrowOf } from "./keys";
import { markOver } from "./overlay";
import { colorsOf, paint } from "./paint";
import { paletteOf } from "./palette";
import type { Scale } from "./scale";
import { cellAt, cornerOf, firstCell, layOut, moved, type View } from "./sheet";
import { useRoom } from "./useRoom";
import { useZoom } from "./useZoom";

type Props = {
  field: Field;
  scale: Scale;
  /** The slices to show, side by side. */ slices: number[];
  /** How many of them belong on one line. */ period: number;
  change: Change | undefined;
  /** What it shows, in words. */ label: string;
  cursor: number | null;
  onCursor: (cell: number | null, byKey: boolean) => void;
  onPoint: (cell: number | null) => void;
};

const DRAG = 4; // pixels before a press becomes a drag

/** Many numbers as colours. It can be zoomed until the numbers themselves are there to read. */
export const HeatMap = memo(function HeatMap({
  field,
  scale,
  slices,
  period,
  change,
  label,
  cursor,
  onCursor,
  onPoint,
}: Props) {
  const look = useLook();
  const [frame, room] = useRoom();
  const ratio = Math.min(3, window.devicePixelRatio || 1);
  const sheet = useMemo(() => layOut(field, slices, period, room), [field, slices, period, room]);
  const zoom = useZoom(sheet, room, ratio);
  const { view, width, height, isWhole } = zoom;

  const colors = useMemo(() => colorsOf(field, scale, paletteOf(look)), [field, scale, look]);
  const ground = useRef<HTMLCanvasElement>(null);
  const marks = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = sized(ground.current, width, height, ratio);
    if (!context) return;
    const image = context.createImageData(context.canvas.width, context.canvas.height);
    paint(image, sheet, view, ratio, field, colors);
    context.putImageData(image, 0, 0);
  }, [sheet, view, width, height, ratio, field, colors]);
  useLayoutEffect(() => {
    const context = sized(marks.current, width, height, ratio);
    if (!context) return;
    context.scale(ratio, ratio);
    markOver(context, { sheet, view, width, height, field, colors, change, cursor, palette: paletteOf(look) });
  }, [sheet, view, width, height, ratio, field, colors, change, cursor, look]);

  // The wheel with Ctrl, and two fingers on a touchpad, zoom. React listens passively, and could not keep the page from it.
  const { zoomBy } = zoom;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    const turn = (event: WheelEvent) => {
      if (!event.ctrlKey || event.deltaY === 0) return;
      event.preventDefault();
      zoomBy(event.deltaY < 0 ? 1 : -1, placeIn(element, event));
    };
    element?.addEventListener("wheel", turn, { passive: false });
    return () => element?.removeEventListener("wheel", turn);
  }, [zoomBy]);

  const together = [view.cellWidth, view.cellHeight].reduce(
    (all, size) => all * Math.ceil(1 / Math.min(1, size * ratio)),
    1,
  );

  const press = (event: KeyboardEvent) => {
    const arrow = arrowOf(event);
    const corner = cursor === null ? undefined : cornerOf(sheet, cursor);
    if (arrow) {
      const next = cursor === null ? firstCell(sheet) : moved(sheet, cursor, ...arrow);
      onCursor(next, true);
      zoom.bringIn(cornerOf(sheet, next));
    } else if (event.ctrlKey || event.altKey || event.metaKey) return;
    else if (event.key === "+" || event.key === "=") zoom.zoomBy(1, undefined, corner);
    else if (event.key === "-") zoom.zoomBy(-1, undefined, corner);
    else if (event.key === "0") zoom.reset();
    else if (event.key === "Escape" && cursor !== null) onCursor(null, true);
    else return;
    event.preventDefault();
  };

  const drag = useRef<{ x: number; y: number; view: View; isOn: boolean } | null>(null);
  const cellUnder = (event: PointerEvent) => {
    const { x, y } = placeIn(event.currentTarget, event);
    return cellAt(sheet, view.x + x / view.cellWidth, view.y + y / view.cellHeight);
  };
  const move = (event: PointerEvent<HTMLDivElement>) => {
    const held = drag.current;
    if (held && !isWhole) {
      const [right, down] = [event.clientX - held.x, event.clientY - held.y];
      held.isOn ||= Math.hypot(right, down) > DRAG;
      if (held.isOn) {
        zoom.moveTo(held.view.x - right / view.cellWidth, held.view.y - down / view.cellHeight);
        return;
      }
    }
    const cell = cellUnder(event);
    onPoint(cell < 0 ? null : cell);
  };

  return (
    <div className="heat-map" ref={frame}>
      <div
        ref={box}
        className="heat-box"
        role="application"
        aria-roledescription="heat map"
        aria-label={`${label}. Arrow keys move through the elements, plus and minus zoom.`}
        tabIndex={0}
        data-zoomed={isWhole ? undefined : true}
        style={{ width, height }}
        onKeyDown={press}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          drag.current = { x: event.clientX, y: event.clientY, view, isOn: false };
          if (!isWhole) event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={move}
        onPointerUp={(event) => {
          const wasDrag = drag.current?.isOn ?? true;
          drag.current = null;
          const cell = cellUnder(event);
          if (!wasDrag && cell >= 0) onCursor(cell, false);
        }}
        onPointerCancel={() => (drag.current = null)}
        onPointerLeave={() => onPoint(null)}
        onDoubleClick={(event) => zoom.zoomBy(event.shiftKey ? -1 : 1, placeIn(event.currentTarget, event))}
      >
        <canvas ref={ground} />
        <canvas ref={marks} />
      </div>
      <div className="heat-zoom">
        <button
          type="button"
          className="lens-button"
          aria-label="Show less, larger"
          title="Larger (+, Ctrl and wheel, double click)"
          disabled={!zoom.canGrow}
          onClick={() => zoom.zoomBy(1, undefined, cursor === null ? undefined : cornerOf(sheet, cursor))}
        >
          +
        </button>
        <button
          type="button"
          className="lens-button"
          aria-label="Show more, smaller"
          title="Smaller (−)"
          disabled={isWhole}
          onClick={() => zoom.zoomBy(-1)}
        >
          −
        </button>
        {together > 1 ? (
          <span title={`Each dot stands for up to ${together} elements, and shows the one farthest from zero`}>
            {together}:1
          </span>
        ) : null}
      </div>
    </div>
  );
});

/** A canvas of so many CSS pixels, cleared. */
function sized(canvas: HTMLCanvasElement | null, width: number, height: number, ratio: number) {
  if (!canvas) return null;
  canvas.width = Math.max(1, Math.round(width * ratio));
  canvas.height = Math.max(1, Math.round(height * ratio));
  return canvas.getContext("2d");
}

function placeIn(element: Element | null, { clientX, clientY }: { clientX: number; clientY: number }) {
  const { left, top } = element?.getBoundingClientRect() ?? { left: 0, top: 0 };
  return { x: clientX - left, y: clientY - top };
}

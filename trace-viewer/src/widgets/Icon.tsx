/** The viewer's few icons: strokes on a 20 × 20 grid, drawn in the colour of the text. */
const paths = {
  forward: "M4 10h11M11 5.5 15.5 10 11 14.5",
  back: "M16 10H5M9 5.5 4.5 10 9 14.5",
  over: "M3.5 11.5c1.6-5.5 10-6 12-.6M15.8 6.4l.2 4.8-4.6-.9M10 15.2h.01",
  overBack: "M16.5 11.5c-1.6-5.5-10-6-12-.6M4.2 6.4 4 11.2l4.6-.9M10 15.2h.01",
  out: "M10 13V4M6 8l4-4 4 4M4 16.5h12",
  outBack: "M10 13V4M6 8l4-4 4 4M4 16.5h3M13 16.5h3",
  nextTurn: "M15.5 10a5.5 5.5 0 1 1-1.8-4.1M14.5 2.5v3.9h-3.9",
  previousTurn: "M4.5 10a5.5 5.5 0 1 0 1.8-4.1M5.5 2.5v3.9h3.9",
  nextLoopTurn: "M8 4.5l5.5 5.5L8 15.5",
  previousLoopTurn: "M12 4.5 6.5 10l5.5 5.5",
  nextStop: "M4 5.5v9l7-4.5zM14.5 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  previousStop: "M16 5.5v9L9 10zM5.5 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  play: "M6 4.5v11l9.5-5.5z",
  pause: "M7 5v10M13 5v10",
  faster: "M4 5.5v9l6-4.5zM10.5 5.5v9l6-4.5z",
  slower: "M16 5.5v9L10 10zM9.5 5.5v9l-6-4.5z",
  nextHeading: "M4 4.5h12M4 8h6M10 10.5v6M7 13.5l3 3 3-3",
  previousHeading: "M4 15.5h12M4 12h6M10 9.5v-6M7 6.5l3-3 3 3",
  lineMenu: "M3.5 5.5h13M3.5 10h5M3.5 14.5h5M11 9.5l3 3 3-3",
  breakpoint: "M10 15a5 5 0 1 0 0-10 5 5 0 0 0 0 10zM10 10h.01",
  breakpoints:
    "M5 7.2a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4zM5 16.2a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4zM9.5 5.5h7M9.5 14.5h7M9.5 10h4",
  edit: "M4 16l.8-3.4 8.6-8.6a1.7 1.7 0 0 1 2.6 2.6l-8.6 8.6zM11.8 5.6l2.6 2.6",
  remove: "M5 6h10M8 6V4h4v2M6.5 6l.6 10h5.8l.6-10",
  turns: "M3.5 4.5h13v11h-13zM3.5 8h13M3.5 11.8h13M8 4.5v11",
  first: "M5 4.5v11M15.5 5 9 10l6.5 5",
  last: "M15 4.5v11M4.5 5 11 10l-6.5 5",
  return: "M7.5 5 4 8.5 7.5 12M4.5 8.5H12a4 4 0 0 1 0 8H9",
  contents: "M3.5 5h.01M7 5h9.5M5.5 10h.01M9 10h7.5M5.5 15h.01M9 15h7.5",
  variables: "M3.5 4.5h13v11h-13zM11.5 4.5v11M13.5 8h1M13.5 11h1",
  printed: "M3.5 4.5h13v11h-13zM6.5 8l2.2 2-2.2 2M10.5 12.5h3",
  memory: "M3.5 7h13v6.5h-13zM6.5 13.5v2M10 13.5v2M13.5 13.5v2M6.5 9.5v1.5M10 9.5v1.5M13.5 9.5v1.5",
  costs: "M3.5 15.5a6.5 6.5 0 1 1 13 0M10 15.5l3-5",
  kernel: "M3.5 3.5h13v13h-13zM3.5 7.8h13M3.5 12.2h13M7.8 3.5v13M12.2 3.5v13M8.6 8.6l2.8 2.8M11.4 8.6l-2.8 2.8",
  nextProgram: "M3.5 6h7.5v8H3.5zM13.5 6.5 17 10l-3.5 3.5",
  previousProgram: "M9 6h7.5v8H9zM6.5 6.5 3 10l3.5 3.5",
  nextRank: "M3.5 5h9M3.5 8.5h9M3.5 12h4M13.5 9.5v6M11 13l2.5 2.5L16 13",
  previousRank: "M3.5 15h9M3.5 11.5h9M3.5 8h4M13.5 10.5v-6M11 7l2.5-2.5L16 7",
  ranks: "M3.5 5h13M3.5 10h13M3.5 15h13M7 5v5M12.5 10v5M7 3.6v2.8M12.5 8.6v2.8",
  calls: "M4 4.5h4M4 4.5v11M4 10h4M4 15.5h4M10.5 4.5h6M10.5 10h6M10.5 15.5h6",
  inPlace: "M3.5 4.5h13M6.5 8h10v7.5h-10zM3.5 8v3.5h3",
  unfold: "M6 7.5 10 3.5l4 4M6 12.5l4 4 4-4M4 10h12",
  notes: "M4.5 3.5h11v9l-4 4h-7zM11.5 16.5v-4h4M7.5 7h5M7.5 10h3",
  animate: "M3 10s2.6-4.5 7-4.5S17 10 17 10s-2.6 4.5-7 4.5S3 10 3 10zM10 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  raw: "M7 6 3 10l4 4M13 6l4 4-4 4M11.3 4.5l-2.6 11",
  theme: "M10 3.5a6.5 6.5 0 1 0 0 13zM10 3.5a6.5 6.5 0 0 1 0 13",
  contrast: "M10 3.5a6.5 6.5 0 1 0 0 13zM10 3.5a6.5 6.5 0 0 1 0 13M12.5 6.5h2M12.5 10h3.5M12.5 13.5h2",
  print: "M6 8V3.5h8V8M6 13.5H3.5V8h13v5.5H14M6 11.5h8v5H6z",
  outline: "M3.5 4.5h13v11h-13zM8.5 4.5v11M5.5 7.5h1M5.5 10h1M5.5 12.5h1",
  values: "M3.5 4.5h13v8H10l-3 3v-3H3.5zM6.5 7.2h7M6.5 9.8h4",
  compare: "M3.5 4.5h5v11h-5zM11.5 4.5h5v11h-5zM5.5 8h1M5.5 11h1M13.5 8h1M13.5 12.5h1",
  swap: "M5 7.5h10M12.5 4.5l3 3-3 3M15 13H5M7.5 10l-3 3 3 3",
  parting: "M10 17v-5.5M10 11.5c0-3-5-2.5-5-7M10 11.5c0-3 5-2.5 5-7M2.8 6.5 5 4l2.2 2.5M12.8 6.5 15 4l2.2 2.5",
  together: "M8.5 11.5l3-3M9 6l1.5-1.5a3.2 3.2 0 0 1 4.6 4.6L13.5 10.7M11 14l-1.5 1.5a3.2 3.2 0 0 1-4.6-4.6L6.5 9.3",
  run: "M10 16.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM10 9.2v4M10 6.6h.01",
  help: "M10 16.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM8.1 8.2c.1-1.1.9-1.8 2-1.8s1.9.7 1.9 1.7c0 1.4-2 1.6-2 3M10 13.6h.01",
  search: "M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM13 13l3.5 3.5",
  palette: "M3.5 4.5h13v11h-13zM6.5 8l2 2-2 2M10.5 12h3",
  goTo: "M4 5h6M4 10h4M4 15h6M12 10h4.5M14 7.5l2.5 2.5-2.5 2.5",
  nextHit: "M8 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM14.5 9v7M12 13.5l2.5 2.5 2.5-2.5",
  previousHit: "M8 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM14.5 16V9M12 11.5 14.5 9l2.5 2.5",
  link: "M8.5 11.5a3 3 0 0 0 4.2 0l2.6-2.6a3 3 0 0 0-4.2-4.2l-1 1M11.5 8.5a3 3 0 0 0-4.2 0l-2.6 2.6a3 3 0 0 0 4.2 4.2l1-1",
  openFile: "M3.5 15.5v-11h4l1.5 2h7v2M3.5 15.5l2.2-7h11.8l-2.2 7z",
  home: "M3.5 9.5 10 4l6.5 5.5M5.5 8.5v7.5h9V8.5",
  close: "M5 5l10 10M15 5 5 15",
  more: "M5 10h.01M10 10h.01M15 10h.01",
  up: "M5 12.5 10 7.5l5 5",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
      <path
        d={paths[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}

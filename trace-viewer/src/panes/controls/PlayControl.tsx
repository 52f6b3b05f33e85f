import { lazy, Suspense } from "react";
import { useStore } from "../../state/store";
import { CommandButton } from "../../widgets/CommandButton";

const Player = lazy(() => import("./Player"));

/** Plays the lecture and, while it does, shows and changes how fast. */
export function PlayControl() {
  const playing = useStore((state) => state.playing);
  const speed = useStore((state) => state.settings.speed);
  return (
    <div className="play-control" data-playing={playing || undefined}>
      <CommandButton id="play" label={playing ? "Pause" : "Play"} icon={playing ? "pause" : "play"} />
      {playing && (
        <>
          <CommandButton id="slower" />
          <span className="play-speed" title="Steps a second; what is shown is given its time to be read">
            {speed}/s
          </span>
          <CommandButton id="faster" />
          <Suspense>
            <Player />
          </Suspense>
        </>
      )}
    </div>
  );
}

// The numbers on top.
import type { JSX } from "preact";
import { severityOf, severityWord } from "../lib/severity.ts";
import { type Tile, tilesOf } from "../lib/tiles.ts";
import { snapshot } from "../state/live.ts";
import { WarningIcon } from "./icons.tsx";
import { Meter } from "./meter.tsx";

export function Tiles(): JSX.Element {
  return (
    <section class="tiles" aria-label="Now">
      {tilesOf(snapshot.value).map((tile) => (
        <TileCard key={tile.id} tile={tile} />
      ))}
    </section>
  );
}

function TileCard({ tile }: { readonly tile: Tile }): JSX.Element {
  const severity = severityOf(tile.ratio);
  const word = severityWord(severity);
  return (
    <div class={`card tile severity-${severity}`} data-testid={`tile-${tile.id}`} data-severity={severity}>
      <div class="tile-title">
        <h2 class="ellipsis">{tile.title}</h2>
        {word !== "" && (
          <span class="severity">
            <WarningIcon /> {word}
          </span>
        )}
      </div>
      <div class="tile-value" data-testid={`${tile.id}-value`}>
        {tile.value}
      </div>
      <div class="tile-details" data-testid={`${tile.id}-detail`}>
        {tile.details.map((detail, line) => (
          <div class="ellipsis" key={line === 0 ? "first" : "second"} title={detail}>
            {detail}
          </div>
        ))}
      </div>
      <Meter ratio={tile.ratio} label={tile.title} />
    </div>
  );
}

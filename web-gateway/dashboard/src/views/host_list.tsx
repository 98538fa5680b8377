// The list of hosts that the host picker opens.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { labelTexts, matchesSearch } from "../lib/host_notes.ts";
import type { HostInfo } from "../lib/model.ts";

/** With more hosts than this, the list can be searched. */
const manyHosts = 8;

export interface HostListProps {
  readonly hosts: readonly HostInfo[];
  /** Resource name of the host on screen. */
  readonly chosen: string;
  /** Hears the id of another. */
  readonly onChoose: (id: string) => void;
}

export function HostList({ hosts, chosen, onChoose }: HostListProps): JSX.Element {
  const [search, setSearch] = useState("");
  const popup = useRef<HTMLDivElement>(null);
  useEffect(() => popup.current?.querySelector<HTMLElement>("input, [aria-selected=true], button")?.focus(), []);
  const found = hosts.filter((host) => matchesSearch(host, search));
  return (
    <div
      class="popup"
      ref={popup}
      role="group"
      aria-label="Choose a host"
      onKeyDown={(event) => moveFocus(event, popup.current)}
    >
      {hosts.length > manyHosts && <SearchBox text={search} onInput={setSearch} />}
      <div role="listbox" aria-label="Hosts" class="popup-list">
        {found.map((host) => (
          <HostOption key={host.name} host={host} chosen={host.name === chosen} onChoose={onChoose} />
        ))}
        {found.length === 0 && <p class="muted popup-item">No host matches</p>}
      </div>
    </div>
  );
}

interface SearchBoxProps {
  readonly text: string;
  readonly onInput: (text: string) => void;
}

function SearchBox({ text, onInput }: SearchBoxProps): JSX.Element {
  return (
    <input
      class="input"
      type="search"
      placeholder="Find a host or a label"
      aria-label="Find a host"
      value={text}
      onInput={(event) => onInput(event.currentTarget.value)}
    />
  );
}

interface HostOptionProps {
  readonly host: HostInfo;
  readonly chosen: boolean;
  readonly onChoose: (id: string) => void;
}

function HostOption({ host, chosen, onChoose }: HostOptionProps): JSX.Element {
  return (
    <button
      type="button"
      role="option"
      class="popup-item"
      data-testid="host-option"
      aria-selected={chosen}
      title={labelTexts(host).join("\n")}
      onClick={() => onChoose(host.id)}
    >
      <StateDot host={host} />
      <span class="host-text">{host.label}</span>
      {host.state !== "online" && <span class="muted">{host.state}</span>}
    </button>
  );
}

export function StateDot({ host: shown }: { readonly host: HostInfo }): JSX.Element {
  return <span class={`dot dot-${shown.state}`} role="img" aria-label={shown.state} title={shown.state} />;
}

function moveFocus(event: KeyboardEvent, list: HTMLElement | null): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step === 0 || list === null) return;
  event.preventDefault();
  const stops = [...list.querySelectorAll<HTMLElement>("input, button")];
  const now = stops.findIndex((stop) => stop.matches(":focus"));
  stops[Math.min(stops.length - 1, Math.max(0, now + step))]?.focus();
}

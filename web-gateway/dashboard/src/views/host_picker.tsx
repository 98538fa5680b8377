// Chooses the host on screen. With one host there is nothing to choose: it is just named.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { HostInfo } from "../lib/model.ts";
import { host, hostName, hosts } from "../state/live.ts";
import { updateView } from "../state/view.ts";
import { ChevronIcon } from "./icons.tsx";

/** With more hosts than this, the list can be searched. */
const manyHosts = 8;

export function HostPicker(): JSX.Element {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => closeOnOutside(root, () => setOpen(false)), []);
  const known = hosts.value ?? [];
  const label = host.value?.label ?? hostName.value.replace(/^hosts\//, "");
  if (known.length <= 1 && host.value !== undefined) {
    return (
      <span class="host-name" data-testid="host-name">
        <StateDot host={host.value} />
        <span class="ellipsis">{label}</span>
      </span>
    );
  }
  return (
    <div
      class="picker"
      ref={root}
      role="group"
      aria-label="Host"
      onKeyDown={(event) => event.key === "Escape" && setOpen(false)}
    >
      <button
        type="button"
        class="button host-name"
        aria-haspopup="listbox"
        aria-expanded={open}
        aria-label={`Host ${label}, choose another`}
        data-testid="host-picker"
        disabled={known.length === 0}
        onClick={() => setOpen(!open)}
      >
        {host.value !== undefined && <StateDot host={host.value} />}
        <span class="ellipsis">{label || "No hosts"}</span>
        <ChevronIcon />
      </button>
      {open && <HostList hosts={known} onChosen={() => setOpen(false)} />}
    </div>
  );
}

function HostList(props: { readonly hosts: readonly HostInfo[]; readonly onChosen: () => void }): JSX.Element {
  const [search, setSearch] = useState("");
  const list = useRef<HTMLDivElement>(null);
  const found = props.hosts.filter(({ label, id }) => `${label} ${id}`.toLowerCase().includes(search.toLowerCase()));
  useEffect(() => list.current?.querySelector<HTMLElement>("input, [aria-selected=true], button")?.focus(), []);
  const choose = (id: string): void => {
    updateView({ host: id });
    props.onChosen();
  };
  return (
    <div
      class="popup"
      ref={list}
      role="group"
      aria-label="Choose a host"
      onKeyDown={(event) => moveFocus(event, list.current)}
    >
      {props.hosts.length > manyHosts && (
        <input
          class="input"
          type="search"
          placeholder="Find a host"
          aria-label="Find a host"
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
      )}
      <div role="listbox" aria-label="Hosts" class="popup-list">
        {found.map((each) => (
          <button
            type="button"
            role="option"
            key={each.name}
            class="popup-item"
            aria-selected={each.name === hostName.value}
            onClick={() => choose(each.id)}
          >
            <StateDot host={each} />
            <span class="ellipsis">{each.label}</span>
            {each.state !== "online" && <span class="muted">{each.state}</span>}
          </button>
        ))}
        {found.length === 0 && <p class="muted popup-item">No host matches</p>}
      </div>
    </div>
  );
}

function StateDot({ host: shown }: { readonly host: HostInfo }): JSX.Element {
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

function closeOnOutside(root: { readonly current: HTMLElement | null }, close: () => void): () => void {
  const onPointerDown = (event: PointerEvent): void => {
    if (event.target instanceof Node && !root.current?.contains(event.target)) close();
  };
  document.addEventListener("pointerdown", onPointerDown);
  return () => document.removeEventListener("pointerdown", onPointerDown);
}

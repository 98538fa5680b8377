// Chooses the host on screen. With one host there is nothing to choose: it is just named.
import type { JSX } from "preact";
import { host, hostName, hosts } from "../state/live.ts";
import { updateView } from "../state/view.ts";
import { HostList, StateDot } from "./host_list.tsx";
import { ChevronIcon } from "./icons.tsx";
import { usePopup } from "./use_popup.ts";

export function HostPicker(): JSX.Element {
  const only = (hosts.value ?? []).length <= 1 ? host.value : undefined;
  if (only === undefined) return <HostMenu />;
  return (
    <span class="host-name" data-testid="host-name">
      <StateDot host={only} />
      <span class="host-text">{only.label}</span>
    </span>
  );
}

function HostMenu(): JSX.Element {
  const { root, open, toggle, close, onKeyDown } = usePopup();
  const choose = (id: string): void => {
    updateView({ host: id });
    close();
  };
  return (
    <div class="picker" ref={root} role="group" aria-label="Host" onKeyDown={onKeyDown}>
      <MenuButton open={open} onClick={toggle} />
      {open && <HostList hosts={hosts.value ?? []} chosen={hostName.value} onChoose={choose} />}
    </div>
  );
}

function MenuButton({ open, onClick }: { readonly open: boolean; readonly onClick: () => void }): JSX.Element {
  const label = host.value?.label ?? hostName.value.replace(/^hosts\//, "");
  return (
    <button
      type="button"
      class="button host-name"
      aria-haspopup="listbox"
      aria-expanded={open}
      aria-label={`Host ${label}, choose another`}
      data-testid="host-picker"
      disabled={(hosts.value ?? []).length === 0}
      onClick={onClick}
    >
      {host.value !== undefined && <StateDot host={host.value} />}
      <span class="host-text">{label || "No hosts"}</span>
      <ChevronIcon />
    </button>
  );
}

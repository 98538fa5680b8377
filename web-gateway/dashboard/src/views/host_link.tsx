// The name of a host, where a click opens it.
import type { JSX } from "preact";
import { encodeView } from "../lib/url_state.ts";
import { updateView, view } from "../state/view.ts";

interface HostLinkProps {
  readonly id: string;
  readonly label: string;
  /** What pointing at it shows; the label if it is left out. */
  readonly title?: string;
}

/** A link with an address of its own, so that a host opens in another tab as well. */
export function HostLink({ id, label, title = label }: HostLinkProps): JSX.Element {
  const onClick = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    updateView({ page: "host", host: id });
  };
  return (
    <a
      class="fleet-link host-text"
      title={title}
      href={encodeView({ ...view.value, page: "host", host: id })}
      onClick={onClick}
    >
      {label}
    </a>
  );
}

// The top of the page: what, which host, whether it is live.
import type { JSX } from "preact";
import { formatBytes } from "../lib/format_bytes.ts";
import { formatDuration } from "../lib/format_time.ts";
import { hostNotes, labelTexts } from "../lib/host_notes.ts";
import type { HostInfo } from "../lib/model.ts";
import { encodeView, type Page, pages } from "../lib/url_state.ts";
import { host, snapshot } from "../state/live.ts";
import { theme, toggleTheme } from "../state/theme.ts";
import { updateView, view } from "../state/view.ts";
import { ConnectionBadge } from "./connection_badge.tsx";
import { EditHost } from "./edit_host.tsx";
import { HostPicker } from "./host_picker.tsx";
import { MoonIcon, PulseIcon, SunIcon, WarningIcon } from "./icons.tsx";

export function Header(): JSX.Element {
  return (
    <header class="header">
      <div class="header-row">
        <span class="brand">
          <span class="brand-mark">
            <PulseIcon />
          </span>
          <h1>SysPulse</h1>
        </span>
        <PageLinks />
        {view.value.page === "host" && <HostPicker />}
        <span class="header-space" />
        <ConnectionBadge />
        <ThemeToggle />
      </div>
    </header>
  );
}

const pageNames: Readonly<Record<Page, string>> = { host: "Overview", fleet: "Fleet", query: "Query" };

function PageLinks(): JSX.Element {
  return (
    <nav class="page-links" aria-label="Pages">
      {pages.map((page) => (
        <PageLink key={page} page={page} />
      ))}
    </nav>
  );
}

/** A link with an address of its own, so that it opens in another tab as well. */
function PageLink({ page }: { readonly page: Page }): JSX.Element {
  const onClick = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (page !== view.value.page) updateView({ page });
  };
  return (
    <a
      class="page-link"
      href={encodeView({ ...view.value, page }) || "."}
      aria-current={page === view.value.page ? "page" : undefined}
      data-testid={`page-${page}`}
      onClick={onClick}
    >
      {pageNames[page]}
    </a>
  );
}

/** One line about the machine. */
export function HostFacts(): JSX.Element | null {
  const shown = host.value;
  if (shown === undefined) return null;
  const facts = factsOf(shown, snapshot.value?.uptimeSeconds);
  const labels = labelTexts(shown);
  const notes = hostNotes(shown);
  return (
    <div class="facts" data-testid="host-facts">
      {facts.map(({ name, text }) => (
        <span key={name}>
          <span class="visually-hidden">{name}: </span>
          {text}
        </span>
      ))}
      {labels.map((text) => (
        <span key={text} class="ellipsis muted" title={text} data-testid="host-label">
          {text}
        </span>
      ))}
      {notes.map(({ key, text, title }) => (
        <span key={key} class="limitations" title={title} data-testid={`host-${key}`}>
          {text}
        </span>
      ))}
      {shown.limitations.length > 0 && (
        <span class="limitations" title={shown.limitations.join("\n")}>
          <WarningIcon />{" "}
          {shown.limitations.length === 1 ? shown.limitations[0] : `${shown.limitations.length} limitations`}
        </span>
      )}
      <EditHost key={shown.name} host={shown} />
    </div>
  );
}

function factsOf(shown: HostInfo, uptimeSeconds: number | undefined): readonly { name: string; text: string }[] {
  const cores = shown.coreCount === 1 ? "1 core" : `${shown.coreCount} cores`;
  const facts = [
    { name: "Operating system", text: shown.osName },
    { name: "Kernel", text: shown.kernelRelease === "" ? "" : `Linux ${shown.kernelRelease}` },
    { name: "Architecture", text: shown.architecture },
    { name: "Processors", text: shown.coreCount > 0 ? cores : "" },
    { name: "Memory", text: shown.memoryBytes > 0 ? formatBytes(shown.memoryBytes) : "" },
    { name: "Uptime", text: uptimeSeconds === undefined ? "" : `up ${formatDuration(uptimeSeconds)}` },
  ];
  return facts.filter(({ text }) => text !== "");
}

function ThemeToggle(): JSX.Element {
  const other = theme.value === "dark" ? "light" : "dark";
  return (
    <button
      type="button"
      class="button button-icon"
      aria-label={`Switch to ${other} theme`}
      title={`Switch to ${other} theme`}
      data-testid="theme-toggle"
      onClick={toggleTheme}
    >
      {theme.value === "dark" ? <SunIcon /> : <MoonIcon />}
    </button>
  );
}

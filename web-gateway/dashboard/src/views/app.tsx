// The page.
import type { JSX } from "preact";
import { hostName, hosts, snapshot } from "../state/live.ts";
import { view } from "../state/view.ts";
import { Charts } from "./charts.tsx";
import { ConnectionBanner } from "./connection_badge.tsx";
import { Fleet } from "./fleet.tsx";
import { Header, HostFacts } from "./header.tsx";
import { LazyQueryPage } from "./lazy_query_page.tsx";
import { Processes } from "./processes.tsx";
import { Tiles } from "./tiles.tsx";

export function App(): JSX.Element {
  return (
    <>
      <Header />
      <main class="page">
        <Page />
      </main>
    </>
  );
}

function Page(): JSX.Element {
  switch (view.value.page) {
    case "query":
      return <LazyQueryPage />;
    case "fleet":
      return <Fleet />;
    case "host":
      return <Overview />;
  }
}

function Overview(): JSX.Element {
  const message = emptyMessage();
  return (
    <>
      <HostFacts />
      <ConnectionBanner />
      {message === "" ? <HostPage /> : <EmptyPage message={message} />}
    </>
  );
}

function HostPage(): JSX.Element {
  return (
    <>
      <Tiles />
      <Charts />
      <Processes />
    </>
  );
}

function EmptyPage({ message }: { readonly message: string }): JSX.Element {
  return (
    <p class="card empty" data-testid="empty-message">
      {message}
    </p>
  );
}

function emptyMessage(): string {
  if (hosts.value === undefined || snapshot.value !== undefined) return "";
  if (hosts.value.length === 0 && hostName.value === "") {
    return "No host has reported yet. Start syspulse-agent on the machine to watch, with --server naming this service.";
  }
  if (hosts.value.some(({ name }) => name === hostName.value)) return "";
  return `Waiting for the host ${hostName.value.replace(/^hosts\//, "")}: none of that name has reported yet.`;
}

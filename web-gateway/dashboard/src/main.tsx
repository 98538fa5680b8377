// Wires the page together.
import { effect } from "@preact/signals";
import { render } from "preact";
import "uplot/dist/uPlot.min.css";
import "./styles/main.css";
import type { Page } from "./lib/url_state.ts";
import { startClock } from "./state/clock.ts";
import { startHistory } from "./state/history.ts";
import { startHostChanges } from "./state/host_changes.ts";
import { startKeys } from "./state/keys.ts";
import { host } from "./state/live.ts";
import { startSession } from "./state/session.ts";
import { startTheme } from "./state/theme.ts";
import { startView, view } from "./state/view.ts";
import { App } from "./views/app.tsx";

const root = document.getElementById("app");
if (root === null) throw new Error("index.html has no element with the id app");
startTheme();
startView();
startClock();
const baseUrl = new URL(".", document.baseURI).href.replace(/\/$/, "");
startSession(baseUrl);
startHistory(baseUrl);
startHostChanges(baseUrl);
startKeys();
const pageTitles: Partial<Record<Page, string>> = { query: "Query", fleet: "Fleet" };
effect(() => {
  const shown = pageTitles[view.value.page] ?? host.value?.label;
  document.title = shown === undefined ? "SysPulse" : `${shown} · SysPulse`;
});
render(<App />, root);

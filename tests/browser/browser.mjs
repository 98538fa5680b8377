// A headless Chromium that asks nobody but the page's own server for anything.
import { createRequire } from "node:module";
import path from "node:path";
import { NODE_MODULES, Stack } from "../end_to_end/stack.mjs";

const { chromium } = createRequire(path.join(NODE_MODULES, "x.js"))("playwright-core");

const QUIET = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export function launchBrowser() {
  return chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", ...QUIET] });
}

/** Opens a page; what goes wrong in it, violations of its security policy included, is put into `problems`. */
export async function openPage(browser, problems, viewport = { width: 1440, height: 1000 }) {
  const page = await browser.newPage({ viewport });
  page.setDefaultTimeout(10_000);
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(error.message));
  return page;
}

/** Starts all programs, and opens a page once the host reports. */
export async function openLivePage(problems) {
  const stack = await Stack.start();
  await stack.ready();
  const browser = await launchBrowser();
  return { stack, browser, page: await openPage(browser, problems) };
}

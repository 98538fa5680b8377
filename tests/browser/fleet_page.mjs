// A fleet with a page of a browser, for tests that show or change several hosts.
import { startAgents } from "../end_to_end/some_agents.mjs";
import { Stack } from "../end_to_end/stack.mjs";
import { launchBrowser, openPage } from "./browser.mjs";

/** Service, gateway, an agent for each host and an empty page, whose problems go to `problems`. `stop` ends all of it. */
export async function startFleet(problems) {
  const fleet = { agents: [] };
  fleet.stop = async () => {
    await fleet.browser?.close();
    await Promise.all(fleet.agents.map((agent) => agent.stop()));
    await fleet.stack?.stop();
  };
  try {
    fleet.stack = await Stack.start(["service", "gateway"]);
    fleet.agents = await startAgents(fleet.stack);
    fleet.browser = await launchBrowser();
    fleet.page = await openPage(fleet.browser, problems);
    return fleet;
  } catch (error) {
    await fleet.stop();
    throw error;
  }
}

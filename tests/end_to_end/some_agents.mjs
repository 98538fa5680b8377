// Several agents of one machine, each as a host of its own.
import path from "node:path";
import { BUILD, Program, eventually } from "./stack.mjs";

/** The ids of the hosts, and a label of each. */
export const FLEET = [
  { id: "web-1", env: "prod" },
  { id: "web-2", env: "prod" },
  { id: "db-1", env: "dev" },
];

/** Starts the agents, and waits until the service has the CPU of each. Resolves with them, to be stopped. */
export async function startAgents(stack) {
  const agents = FLEET.map(
    ({ id, env }) => new Program(path.join(BUILD, "bin/syspulse-agent"), [`--server=${stack.grpc}`, `--host-id=${id}`, `--label=env=${env}`]),
  );
  const known = async () => {
    const { hosts = [] } = await stack.json(`/api/v1/hosts?${new URLSearchParams({ filter: "cpu.utilization>=0" })}`);
    return hosts.length === FLEET.length;
  };
  await eventually(known, { ms: 60_000, what: "summaries of all hosts" });
  return agents;
}

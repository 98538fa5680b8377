// Debian's Prometheus, with its data in a folder of the test's.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { PEERS, Program, eventually } from "./stack.mjs";

export class Prometheus {
  /** Starts one that scrapes every second; `scrapeConfigs` as in its configuration, `flags` as on its command line, `more` configuration. */
  static async start(folder, scrapeConfigs, flags = [], more = {}) {
    const prometheus = new Prometheus();
    const config = path.join(folder, "prometheus.json"); // JSON is YAML
    writeFileSync(config, JSON.stringify({ global: { scrape_interval: "1s", scrape_timeout: "1s" }, scrape_configs: scrapeConfigs, ...more }));
    prometheus.program = new Program(path.join(PEERS, "prometheus"), [
      `--config.file=${config}`,
      `--storage.tsdb.path=${folder}/tsdb`,
      "--web.listen-address=127.0.0.1:0",
      "--log.level=info",
      ...flags,
    ]);
    try {
      prometheus.address = await eventually(() => /msg="Listening on" address=(\S+)/.exec(prometheus.program.log)?.[1], { what: "Prometheus" });
      // It listens before it answers.
      await eventually(async () => (await fetch(`http://${prometheus.address}/-/ready`)).ok, { what: "Prometheus to be ready" });
    } catch (error) {
      await prometheus.stop();
      throw new Error(`Prometheus did not start; it says: ${prometheus.program.log}`, { cause: error });
    }
    return prometheus;
  }

  /** What an expression gives now: a list of `{ metric, value }`. */
  async query(expression) {
    const response = await fetch(`http://${this.address}/api/v1/query?query=${encodeURIComponent(expression)}`);
    const { status, data, error } = await response.json();
    assert.equal(status, "success", error);
    return data.result;
  }

  stop() {
    return this.program.stop();
  }
}

// Agents whose measurements the test makes, and what the service acknowledged of them.
import { spawn } from "node:child_process";
import path from "node:path";
import { BUILD, eventually } from "./stack.mjs";

/** Runs until `finish` or `stop`; see tests/feeder for what it does. */
export class Feed {
  constructor(server) {
    this.fed = new Map(); // frames by host id
    this.acknowledged = new Map();
    this.log = "";
    this.host = undefined;
    this.process = spawn(path.join(BUILD, "tests/feed-agent"), [server], { stdio: ["pipe", "pipe", "pipe"] });
    this.process.stdin.on("error", () => {}); // it ended; `exited` tells how
    this.process.stderr.setEncoding("utf8").on("data", (text) => {
      this.log += text;
    });
    let rest = "";
    this.process.stdout.setEncoding("utf8").on("data", (text) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop();
      for (const line of lines) this.#take(line);
    });
    this.exited = new Promise((resolve) => this.process.on("close", (code) => resolve(code)));
  }

  #take(line) {
    const [word, host, count] = line.split(" ");
    if (word === "acknowledged") this.acknowledged.set(host, Number(count));
    if (word === "dropped") this.log += `${line}\n`;
  }

  /** Speaks as a host from here on; under another hostname than before it connects again. */
  speakAs(id, hostname = id) {
    this.process.stdin.write(`#HOST ${id} ${hostname}\n`);
    this.host = id;
  }

  /** Sends a frame: `samples` are pairs of `name{label="value"}` and a number. Resolves once there is room for more. */
  push(timeMs, samples, host = this.host) {
    let text = `#TS ${timeMs}\n`;
    for (const [series, value] of samples) text += `${series} ${String(value).replace("Infinity", "Inf")}\n`;
    this.fed.set(host, (this.fed.get(host) ?? 0) + 1);
    return this.write(`${text}#END\n`);
  }

  /** Sends lines of a script as they are. */
  write(text) {
    if (this.process.stdin.write(text)) return undefined;
    return Promise.race([this.exited, new Promise((resolve) => this.process.stdin.once("drain", resolve))]);
  }

  /** Frames that were sent and not acknowledged. */
  get unacknowledged() {
    let count = 0;
    for (const [host, fed] of this.fed) count += fed - (this.acknowledged.get(host) ?? 0);
    return count;
  }

  /** Waits until all that was pushed is acknowledged. */
  settled(ms = 20_000) {
    return eventually(() => this.unacknowledged === 0, { ms, what: `acknowledgement of all frames; feed-agent says: ${this.log}` });
  }

  /** Ends the script, and resolves with the program's exit code once all is acknowledged. */
  finish() {
    this.process.stdin.end();
    return this.exited;
  }

  stop() {
    this.process.kill("SIGKILL");
    return this.exited;
  }
}

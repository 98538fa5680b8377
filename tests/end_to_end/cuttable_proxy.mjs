// A network between an agent and the service that a test can cut: connections are refused and broken, or hang.
import { connect, createServer } from "node:net";
import { lastingAddress } from "./stack.mjs";

export class CuttableProxy {
  #sockets = new Set();
  #target;
  #server;
  #hangs = false;

  /** Listens on a port of its own and forwards to `target`, `127.0.0.1:PORT`. */
  static async start(target) {
    const proxy = new CuttableProxy();
    proxy.#target = target;
    proxy.address = await lastingAddress();
    await proxy.mend();
    return proxy;
  }

  /** Breaks all connections and refuses new ones. */
  async cut() {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** Takes connections again, on the same port. */
  async mend() {
    this.#server = createServer((near) => this.#join(near));
    await new Promise((resolve, reject) => {
      const [host, port] = this.address.split(":");
      this.#server.once("error", reject).listen(Number(port), host, resolve);
    });
  }

  /** Lets what is connected hang, as if packets were lost, or go on. */
  hang(hangs) {
    this.#hangs = hangs;
    for (const socket of this.#sockets) hangs ? socket.pause() : socket.resume();
  }

  #join(near) {
    const [host, port] = this.#target.split(":");
    const far = connect(Number(port), host);
    const pair = [near, far];
    for (const [i, socket] of pair.entries()) {
      const other = pair[1 - i];
      this.#sockets.add(socket);
      socket.on("data", (bytes) => {
        if (other.write(bytes)) return;
        socket.pause();
        other.once("drain", () => this.#hangs || socket.resume());
      });
      socket.on("error", () => {}); // it closes, too
      socket.on("close", () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
      if (this.#hangs) socket.pause();
    }
  }
}

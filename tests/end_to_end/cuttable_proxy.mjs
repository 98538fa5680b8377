// A network between an agent and the service that a test can cut: connections are refused and broken, or hang.
import { connect, createServer } from "node:net";

export class CuttableProxy {
  #sockets = new Set();
  #target;
  #server;
  #hangs = false;

  /** Listens on a free port and forwards to `target`, `127.0.0.1:PORT`. */
  static async start(target) {
    const proxy = new CuttableProxy();
    proxy.#target = target;
    proxy.port = 0;
    await proxy.mend();
    return proxy;
  }

  get address() {
    return `127.0.0.1:${this.port}`;
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
      this.#server.once("error", reject).listen(this.port, "127.0.0.1", resolve);
    });
    this.port = this.#server.address().port;
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

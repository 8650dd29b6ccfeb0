import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** A way to a server on this host that can be cut, as where a network or the server itself is lost for a while, and opened again. */
export class Gate {
  private readonly sockets = new Set<Socket>();
  private silent = false;

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  /** Opens one to a port of the loopback address. */
  static async to(target: number): Promise<Gate> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const gate = new Gate(server, typeof address === "object" && address !== null ? address.port : 0);
    server.on("connection", (socket) => gate.lead(socket, target));
    return gate;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Ends all connections and takes no other. */
  async cut(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, "close");
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  /** Takes connections and leads nowhere, as where a firewall throws packets away. */
  async hush(): Promise<void> {
    await this.cut();
    this.silent = true;
    await this.listen();
  }

  async open(): Promise<void> {
    if (this.silent) await this.cut();
    this.silent = false;
    await this.listen();
  }

  private async listen(): Promise<void> {
    this.server.listen(this.port, "127.0.0.1");
    await once(this.server, "listening");
  }

  private lead(socket: Socket, target: number): void {
    if (this.silent) {
      this.sockets.add(socket.on("error", () => undefined).on("close", () => this.sockets.delete(socket)));
      return;
    }
    const beyond = connect(target, "127.0.0.1");
    for (const [one, other] of [
      [socket, beyond],
      [beyond, socket],
    ] as const) {
      this.sockets.add(one);
      // Whoever loses the connection is told by its end.
      one.on("error", () => other.destroy());
      one.on("close", () => {
        this.sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  }
}

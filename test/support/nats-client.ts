import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect as connectTcp } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";

/** As much of a NATS client as tests need: TLS after the server's first line, one user, one answer at a time. */
export class NatsClient {
  private received = "";
  private waiting: (() => void) | undefined;

  private constructor(private readonly socket: TLSSocket) {
    socket.setEncoding("utf8").on("data", (text: string) => {
      this.received += text;
      this.waiting?.();
    });
    socket.on("close", () => this.waiting?.()).on("error", () => this.waiting?.());
  }

  /** @throws Error with the server's words where it does not let the user in */
  static async connect(port: number, ca: string, user: string, pass: string): Promise<NatsClient> {
    const plain = connectTcp(port, "localhost");
    await once(plain, "data");
    const socket = connectTls({ socket: plain, servername: "localhost", ca: readFileSync(ca) });
    await once(socket, "secureConnect");
    const client = new NatsClient(socket);
    const said = { user, pass, verbose: false, pedantic: false, lang: "test", version: "1", tls_required: true, protocol: 1 };
    client.send(`CONNECT ${JSON.stringify(said)}`, "PING");
    await client.until(/PONG/);
    return client;
  }

  /** Asks a subject, and gives what is answered. */
  async ask(subject: string, content: string): Promise<Record<string, unknown>> {
    const inbox = `_INBOX.${Math.random().toString(36).slice(2)}`;
    this.send(`SUB ${inbox} 1`, `PUB ${subject} ${inbox} ${Buffer.byteLength(content)}\r\n${content}`);
    const [, answer] = await this.until(new RegExp(`MSG ${inbox.replace(".", "\\.")} 1 \\d+\\r\\n([^\\r]*)\\r\\n`));
    this.send("UNSUB 1");
    return JSON.parse(answer ?? "{}") as Record<string, unknown>;
  }

  /** Listens at a subject until something comes, or until the server has answered everything before. */
  async hears(subject: string, whatever: () => Promise<unknown>): Promise<boolean> {
    this.send(`SUB ${subject} 2`, "PING");
    await this.until(/PONG/);
    await whatever();
    this.send("PING");
    const [before = ""] = await this.until(/[\s\S]*PONG/);
    this.send("UNSUB 2");
    return before.includes("MSG");
  }

  /** Sends a message, and waits until the server has it. */
  async tell(subject: string, content: string): Promise<void> {
    this.send(`PUB ${subject} ${Buffer.byteLength(content)}\r\n${content}`, "PING");
    await this.until(/PONG/);
  }

  close(): void {
    this.socket.destroy();
  }

  private send(...lines: string[]): void {
    this.socket.write(lines.map((line) => `${line}\r\n`).join(""));
  }

  private async until(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.received);
      if (found) {
        this.received = this.received.slice(found.index + found[0].length);
        return found;
      }
      if (this.socket.closed || /-ERR/.test(this.received)) throw new Error(`the server said: ${this.received}`);
      await new Promise<void>((more) => {
        this.waiting = more;
      });
    }
  }
}

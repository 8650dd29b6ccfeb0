import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { type Connection, Server, utils } from "ssh2";
import { ed25519Pair } from "../support/ssh-keys";

/** A key pair for a host or a user. */
export function newKey(): { readonly privateKey: string; readonly publicKey: string } {
  const { private: privateKey, public: publicKey } = ed25519Pair();
  return { privateKey, publicKey };
}

/** A bastion on loopback that speaks the real protocol: it lets one key in and forwards TCP, nothing else. */
export interface BastionServer {
  readonly port: number;
  /** How often somebody logged in. */
  readonly logins: () => number;
  /** Cuts every connection, as a network does that fails. */
  cut(): void;
  /** Keeps connections open and answers nothing any more. */
  fallSilent(): void;
  close(): Promise<void>;
}

/** What a command did: its exit code, or undefined where the connection broke before it could be told. */
export interface Ran {
  readonly code: number | undefined;
  readonly output: string;
}

/**
 * Starts one with a host key (asked for at each connection), for the users whose public key is given; at a port of its own, or at that of
 * one that was closed. `run` carries out the commands it is given, where it takes any.
 */
export async function startBastion(
  hostKey: string | (() => string),
  publicKey: string,
  port = 0,
  run?: (command: string) => Ran,
): Promise<BastionServer> {
  const allowed = utils.parseKey(publicKey);
  if (allowed instanceof Error) throw allowed;
  let logins = 0;
  const sockets = new Set<Socket>();
  const serve = (client: Connection): void => {
    client.on("error", () => undefined);
    client.on("authentication", (context) => {
      if (context.method !== "publickey" || !context.key.data.equals(allowed.getPublicSSH())) return context.reject(["publickey"]);
      const { blob, signature, hashAlgo } = context;
      if (blob && signature && allowed.verify(blob, signature, hashAlgo) !== true) return context.reject();
      context.accept();
    });
    client.on("ready", () => {
      logins++;
    });
    client.on("session", (accept, reject) => {
      if (run === undefined) return reject();
      accept().on("exec", (acceptExec, _reject, { command }) => {
        const { code, output } = run(command);
        if (code === undefined) return cut();
        const channel = acceptExec();
        channel.write(output);
        channel.exit(code);
        channel.end();
      });
    });
    client.on("tcpip", (accept, reject, info) => {
      const target = connect(info.destPort, info.destIP);
      target.once("error", () => reject());
      target.once("connect", () => {
        const channel = accept();
        target.removeAllListeners("error").on("error", () => channel.destroy());
        channel.on("error", () => undefined);
        channel.pipe(target).pipe(channel);
      });
    });
  };
  const tcp = createServer((socket) => {
    sockets.add(socket.on("close", () => sockets.delete(socket)));
    new Server({ hostKeys: [typeof hostKey === "string" ? hostKey : hostKey()] }, serve).injectSocket(socket);
  }).listen(port, "127.0.0.1");
  await once(tcp, "listening");
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (tcp.address() as AddressInfo).port,
    logins: () => logins,
    cut,
    fallSilent: () => {
      for (const socket of sockets) socket.pause();
    },
    close: async () => {
      cut();
      await new Promise<void>((resolve) => tcp.close(() => resolve()));
    },
  };
}

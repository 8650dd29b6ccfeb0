import { createHash } from "node:crypto";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import type { Client, ServerHostKeyAlgorithm } from "ssh2";
import { replaceFirstKey, StepFailed } from "./first-contact";
import { type KeyVerdict, type KnownHosts, keyLine } from "./known-hosts";

/** How to log in to a bastion. */
export interface Bastion {
  readonly host: string;
  /** @default 22 */
  readonly port?: number;
  readonly user: string;
  /** Secret. OpenSSH or PEM. @default the keys of the user's agent */
  readonly privateKey?: string;
  /** Whether the keys of the user's SSH agent are tried too. @default false */
  readonly agent?: true;
  /** Names of the machine and, while it is built anew, of its successor: what its keys are recorded under. */
  readonly names: readonly string[];
  /** By name: the host keys those machines were made with, which count for the first contact only. */
  readonly firstHostKeys?: Readonly<Record<string, string>>;
}

/** Times in milliseconds; tests shorten them. */
export interface BastionTimes {
  /** Pauses between attempts to connect; one more attempt than pauses is made. */
  readonly pauses: readonly number[];
  /** How often the bastion must give a sign of life. */
  readonly ping: number;
  /** How long TCP, key exchange and log-in may take. */
  readonly ready: number;
}

const TIMES: BastionTimes = { pauses: [500, 1_000, 2_000, 4_000], ping: 15_000, ready: 10_000 };

/** The bastion cannot be used; trying again would not help. The text says what to do and holds no secret. */
class BastionRefusal extends Error {}

/**
 * One SSH connection to a bastion, made when it is first needed and again whenever it was lost. Nothing of it keeps a process from ending.
 */
export class BastionConnection {
  private client: Promise<Client> | undefined;
  private readonly times: BastionTimes;
  private closed = false;

  /** `tell` is told what a person should know: the first contact with a machine. */
  constructor(
    private readonly environment: string,
    private readonly bastion: Bastion,
    private readonly knownHosts: KnownHosts,
    private readonly tell: (text: string) => void,
    times: Partial<BastionTimes> = {},
  ) {
    this.times = { ...TIMES, ...times };
  }

  /** A connection from the bastion to `host:port`. @throws Error whose text names the bastion and what to do */
  async open(host: string, port: number): Promise<Duplex> {
    for (let again = true; ; again = false) {
      const connection = this.connected();
      const client = await connection;
      try {
        return await new Promise<Duplex>((resolve, reject) => {
          // A connection that is lost meanwhile answers no request any more.
          const lost = () => reject(new Error("the connection to it was lost"));
          client.once("close", lost);
          client.forwardOut("127.0.0.1", 0, host, port, (error, channel) => {
            client.off("close", lost);
            if (error) reject(error);
            else resolve(channel);
          });
        });
      } catch (error) {
        if (again && this.client !== connection && !this.closed) continue;
        throw new Error(`${this.name} cannot reach ${host}:${port}: ${text(error)}`, { cause: error });
      }
    }
  }

  close(): void {
    this.closed = true;
    void this.client?.then(
      (client) => client.destroy(),
      () => undefined,
    );
    this.client = undefined;
  }

  private get name(): string {
    return `the bastion of ${this.environment} at ${this.bastion.host}`;
  }

  /** Everything that is asked for at once shares one connection, and one round of attempts. */
  private connected(): Promise<Client> {
    if (this.client === undefined) {
      const connecting = this.connect();
      this.client = connecting;
      connecting.then(
        (client) => client.once("close", () => this.forget(connecting)),
        () => this.forget(connecting),
      );
    }
    return this.client;
  }

  private forget(connection: Promise<Client>): void {
    if (this.client === connection) this.client = undefined;
  }

  private async connect(): Promise<Client> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.attempt();
      } catch (error) {
        const pause = this.times.pauses[attempt];
        if (error instanceof BastionRefusal) throw error;
        if (pause === undefined || this.closed) {
          throw new Error(
            `${this.name} does not answer (${text(error)}): check that the machine runs and that infrastructure.access.adminCidrs lets this host in`,
            { cause: error },
          );
        }
        await new Promise((resolve) => setTimeout(resolve, pause).unref());
      }
    }
  }

  private async attempt(): Promise<Client> {
    // Loaded here: only private clusters need it.
    const { Client, utils } = require("ssh2") as typeof import("ssh2");
    const { host, port = 22, user, privateKey, agent, names } = this.bastion;
    const socketOfAgent = agent === true ? process.env.SSH_AUTH_SOCK : undefined;
    if (agent === true && privateKey === undefined && !socketOfAgent)
      throw new BastionRefusal(
        `${this.environment} opens to the keys of an SSH agent, and none runs here: start one (ssh-agent), and add the key`,
      );
    if (privateKey !== undefined && utils.parseKey(privateKey) instanceof Error) {
      throw new BastionRefusal(
        `the SSH key of ${this.environment} cannot be read: give infrastructure.access.ssh.privateKey in OpenSSH or PEM format without a passphrase`,
      );
    }
    const client = new Client();
    const socket = connect({ host, port }).setKeepAlive(true, this.times.ping).setNoDelay(true).unref();
    let refusal: BastionRefusal | undefined;
    let first: string | undefined;
    const recorded = this.knownHosts.types(names);
    // What comes with a key of its own shows that one, whatever a predecessor showed.
    if (recorded.length > 0) recorded.push(...Object.values(this.bastion.firstHostKeys ?? {}).map((key) => key.split(" ")[0] ?? ""));
    await new Promise<void>((resolve, reject) => {
      client.once("ready", resolve);
      // Errors after this one are of the connection's end, which `close` tells of as well.
      client.on("error", (error) => reject(refusal ?? this.explain(error)));
      client.once("close", () => reject(new Error("the connection was closed")));
      socket.once("error", reject);
      client.connect({
        sock: socket,
        username: user,
        ...(privateKey === undefined ? {} : { privateKey }),
        ...(socketOfAgent ? { agent: socketOfAgent } : {}),
        readyTimeout: this.times.ready,
        strictVendor: false,
        ...(recorded.length > 0 ? { algorithms: { serverHostKey: recorded.flatMap(algorithmsOf) } } : {}),
        hostVerifier: (key: Buffer): boolean => {
          const verdict = this.knownHosts.judge(names, key, this.bastion.firstHostKeys);
          first = verdict.is === "first" ? verdict.name : undefined;
          refusal = this.verify(verdict, key);
          return refusal === undefined;
        },
      });
    }).catch((error: unknown) => {
      client.destroy();
      socket.destroy();
      throw error;
    });
    if (first !== undefined) {
      await this.replaceKey(client, first).catch((error: unknown) => {
        client.destroy();
        throw error;
      });
    }
    this.watch(client);
    return client;
  }

  /** Meets the bastion, so that its own host key is recorded. */
  async meet(): Promise<void> {
    await this.connected();
  }

  /** The key the machine was made with is no secret on that machine: it makes one of its own, by which it is known from now on. */
  private async replaceKey(client: Client, name: string): Promise<void> {
    const record = {
      expect: (key: string) => this.knownHosts.expect(name, key),
      record: (key: string) => this.knownHosts.record(name, key),
    };
    try {
      const key = await replaceFirstKey(client, record);
      const own = fingerprintOf(Buffer.from(key.split(" ")[1] ?? "", "base64"));
      this.tell(
        `first contact with ${this.name}, by the host key it was made with: its own, ${own}, is now recorded in ${this.knownHosts.file}`,
      );
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      throw new BastionRefusal(
        `${this.name} was met by the host key it was made with, and does not make its own (${text(error)}): see why on its console, or by \`ssh\` with a known-hosts file of your own`,
        { cause: error },
      );
    }
  }

  private verify(verdict: KeyVerdict, key: Buffer): BastionRefusal | undefined {
    const fingerprint = fingerprintOf(key);
    const { file } = this.knownHosts;
    if (verdict.is === "unproven") {
      return new BastionRefusal(
        `${this.name} shows the host key ${fingerprint}, which is neither the one it was made with nor recorded here. Put the file ${file} here of the machine that met it first, or compare the fingerprint with its console and add the line \`${verdict.name} ${keyLine(key)}\` to the file`,
      );
    }
    if (verdict.is === "new") {
      this.tell(
        `first contact with ${this.name}: its host key ${fingerprint} is now recorded in ${file}; compare it with the machine's console log`,
      );
    }
    if (verdict.is !== "changed") return undefined;
    return new BastionRefusal(
      `${this.name} shows the host key ${fingerprint}, which is not the recorded one: somebody may be in between. If the machine was built anew, delete its line (${this.bastion.names.join(" or ")}) in ${file}`,
    );
  }

  private explain(error: Error & { readonly level?: string }): Error {
    if (error.level !== "client-authentication") return error;
    return new BastionRefusal(
      `${this.name} does not accept the environment's SSH key for the user ${this.bastion.user}: check infrastructure.access.ssh, and that the key is in the machine's authorized_keys`,
    );
  }

  /**
   * Ends a connection that gives no sign of life. The library's own way would keep the process from ending; the request asked here is
   * answered by every server, and OpenSSH's then opens no shells on this connection, which needs none.
   */
  private watch(client: Client): void {
    let unanswered = 0;
    const timer = setInterval(() => {
      if (unanswered >= 2) client.destroy();
      else {
        unanswered++;
        client.openssh_noMoreSessions(() => {
          unanswered = 0;
        });
      }
    }, this.times.ping).unref();
    client.once("close", () => clearInterval(timer));
  }
}

/** Meets a bastion that was made with a host key and was not met from here yet, so that whatever connects next goes by a recorded key. */
export async function meetBastion(
  environment: string,
  bastion: Bastion,
  knownHosts: KnownHosts,
  tell: (text: string) => void,
): Promise<void> {
  const { names, firstHostKeys = {} } = bastion;
  if (!names.some((name) => name in firstHostKeys && knownHosts.types([name]).length === 0)) return;
  const connection = new BastionConnection(environment, bastion, knownHosts, tell);
  // A connection keeps no process from ending.
  const alive = setInterval(() => undefined, 2 ** 30);
  try {
    await connection.meet();
  } finally {
    clearInterval(alive);
    connection.close();
  }
}

function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

/** The signature algorithms of a recorded key's type. */
function algorithmsOf(type: string): ServerHostKeyAlgorithm[] {
  if (type === "ssh-rsa") return ["rsa-sha2-512", "rsa-sha2-256"];
  return SINGLE.filter((each) => each === type);
}

const SINGLE: readonly ServerHostKeyAlgorithm[] = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"];

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

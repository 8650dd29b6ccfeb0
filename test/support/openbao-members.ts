import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { removeFolder } from "../../host/files";
import type { Graph } from "../../testing/graph";
import { openbao, run } from "../components/platform/builds";
import { at } from "../components/platform/fixtures";
import { type Certificates, makeCertificates, OpenBaoMember, type Setting, TokenReviews } from "./openbao";
import { type AppRoleIds, logInAsProvider } from "./openbao-inside";

/** A key that a real server takes for its static seal. */
export const newKey = (): string => randomBytes(32).toString("base64");

/** The recorded objects of that version, sealed with that key. */
export const recorded = (version: string, replicas = 1, key = newKey()): Promise<Graph> =>
  run(openbao({ version, replicas }), { outputs: { "random:index/randomBytes:RandomBytes": () => ({ base64: key }) } });

/** The members of a test's servers, each in a folder of its own, and who tells whose a token is. */
export class Members {
  readonly folder = mkdtempSync(join(tmpdir(), "kpaas-e2e-"));
  private readonly certificates: Certificates = makeCertificates(this.folder, ["127.0.88.10", "127.0.88.11", "127.0.88.12"]);
  private readonly reviews = new TokenReviews();
  private readonly started: OpenBaoMember[] = [];
  private api = "";

  /** @param port the first of those that are used */
  constructor(private port: number) {}

  async start(): Promise<void> {
    this.api = await this.reviews.start();
  }

  async stop(): Promise<void> {
    for (const each of this.started) await each.kill();
    this.reviews.stop();
    removeFolder(this.folder);
  }

  /** What the members of one server have in common. */
  setting(program: string, graph: Graph): Setting {
    this.port += 2;
    return { program, graph, certificates: this.certificates, reviews: this.api, port: this.port };
  }

  /** A member whose volume is in a folder of that name: another one of the name has the same. */
  member(of: Setting, name: string, number = 0): OpenBaoMember {
    const made = new OpenBaoMember(of, join(this.folder, name), number);
    this.started.push(made);
    return made;
  }
}

/** The token of those who manage it. */
export const manager = (of: OpenBaoMember): Promise<string> => of.logIn("kpaas-manager", "openbao", "openbao-kpaas");

/** Waits until it knows who leads, and so lets the provider in. */
export async function leads(of: OpenBaoMember, graph: Graph): Promise<void> {
  for (let tries = 0; tries < 150; tries++) {
    if ((await logInAsProvider(of, graph).catch(() => "")).startsWith("s.")) return;
    await pause(200);
  }
  throw new Error(`nobody leads:\n${of.log}`);
}

/** Waits until all three have a vote: one that joins gets it when it has kept up for a while. */
export async function votes(asked: OpenBaoMember, other: OpenBaoMember): Promise<void> {
  let seen: unknown;
  for (let tries = 0; tries < 100; tries++) {
    const { body } = await asked.call("GET", "sys/storage/raft/configuration", { token: await manager(asked) });
    const servers = (at(body, "data", "config", "servers") ?? []) as { node_id: string; voter: boolean }[];
    seen = servers.map(({ node_id, voter }) => `${node_id} ${voter}`).sort();
    if (JSON.stringify(seen) === JSON.stringify(["openbao-0 true", "openbao-1 true", "openbao-2 true"])) return;
    await pause(500);
  }
  throw new Error(`not all of them vote: ${JSON.stringify(seen)}\n${other.log}`);
}

/** Logs an application in by its AppRole. @returns its token, or the answer's errors */
export async function logInAs({ roleId, secretId }: AppRoleIds, of: OpenBaoMember): Promise<string> {
  const { body } = await of.call("POST", "auth/approle/login", { body: { role_id: roleId, secret_id: secretId } });
  return String(at(body, "auth", "client_token") ?? JSON.stringify(body.errors));
}

/** What the portal stored, once the member answers it. */
export async function stored(ids: AppRoleIds, of: OpenBaoMember): Promise<unknown> {
  for (let tries = 0; tries < 100; tries++) {
    const token = await logInAs(ids, of).catch(() => "");
    const { body } = await of.call("GET", "secret/data/cluster/one", { token });
    const read = at(body, "data", "data");
    if (read !== undefined) return read;
    await pause(100);
  }
  return assert.fail(`nothing is read:\n${of.log}`);
}

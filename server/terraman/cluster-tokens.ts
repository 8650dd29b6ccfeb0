import { sideBySide } from "../../fleet/side-by-side";
import { at, fields, list, parsedJson } from "../../model/data";
import type { Database } from "../data/database";
import { type Log, whatFailed } from "../http/log";
import { clusterPath, type SecretStore } from "../secrets/store";
import type { CommandEnd } from "../work/command";

/** How long a token lasts, and how much of that is left when the next one takes its place. */
const TTL = "24h";
const LEFT_MS = 8 * 3_600_000;
/** A cluster that gave none is asked again after so long. */
const AGAIN_MS = 15 * 60_000;
/** So many are asked at once: each by a command of its own, which may wait two minutes for a cluster that does not answer. */
const TOGETHER = 4;

/** What tokens are kept with. */
export interface TokenParts {
  readonly database: Database;
  readonly secrets: Pick<SecretStore, "read" | "write">;
  readonly command: (words: readonly string[], environment: string) => Promise<CommandEnd>;
  readonly log: Pick<Log, "warn" | "event" | "failure">;
}

/**
 * Keeps a token of each cluster that was made here where K-PaaS's programs look for it, at `secret/cluster/ID`, in their fields: of an account in it
 * with the rights that the portal has in its own, good for a day, and another one before that ends.
 */
export class ClusterTokens {
  /** When each cluster is looked at again. */
  private readonly next = new Map<string, number>();

  constructor(private readonly parts: TokenParts) {}

  /** Looks at all of them, a few at a time, those first that wait longest: what hinders one of them holds the others up no longer than its command runs. */
  async renew(now = Date.now()): Promise<void> {
    const rows = await this.parts.database.query
      .selectFrom("clusters")
      .select(["id", "environment", "apiUrl"])
      .where("status", "=", "A")
      .where("environment", "is not", null)
      .execute();
    for (const id of [...this.next.keys()]) if (!rows.some((row) => row.id === id)) this.next.delete(id);
    const dueOf = (id: string) => this.next.get(id) ?? 0;
    const due = rows.filter(({ id }) => dueOf(id) <= now).sort((a, b) => dueOf(a.id) - dueOf(b.id));
    await sideBySide(due, TOGETHER, async ({ id, environment }) => {
      if (environment === null) return;
      const next = await this.renewOf(id, environment, now).catch((error: unknown) => {
        this.parts.log.failure(id, whatFailed(error));
        return now + AGAIN_MS;
      });
      this.next.set(id, next);
    });
  }

  /** Gives when it is to be looked at again. */
  private async renewOf(id: string, environment: string, now: number): Promise<number> {
    const { database, secrets, command, log } = this.parts;
    const known = endOf((await secrets.read(clusterPath(id)))?.clusterToken ?? "");
    if (known !== undefined && known - LEFT_MS > now) return known - LEFT_MS;
    const { code, printed } = await command(["kubeconfig", environment, "--token", "--ttl", TTL, "--json"], environment);
    const kubeconfig = parsedJson(printed);
    const clusterApiUrl = at(list(fields(kubeconfig).clusters)[0], "cluster.server");
    const clusterToken = at(list(fields(kubeconfig).users)[0], "user.token");
    if (code !== 0 || typeof clusterApiUrl !== "string" || typeof clusterToken !== "string") {
      log.warn("no token of a cluster", { cluster: id, environment });
      return now + AGAIN_MS;
    }
    await secrets.write(clusterPath(id), { clusterId: id, clusterApiUrl, clusterToken });
    await database.query.updateTable("clusters").set({ apiUrl: clusterApiUrl }).where("id", "=", id).execute();
    log.event("token of a cluster", { cluster: id });
    return (endOf(clusterToken) ?? now + AGAIN_MS) - LEFT_MS;
  }
}

/** When a token ends, by what it says itself; undefined where it says nothing. */
function endOf(token: string): number | undefined {
  const [, claims = ""] = token.split(".");
  const { exp } = fields(parsedJson(Buffer.from(claims, "base64url").toString()));
  return typeof exp === "number" ? exp * 1_000 : undefined;
}

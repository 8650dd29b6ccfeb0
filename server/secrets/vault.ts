import { readIfThere } from "../../host/files";
import { fields, isFields } from "../../model/data";
import type { SecretStore } from "./store";

/** OpenBao, or Vault, and how it is logged in to: as K-PaaS's programs do, or by the account of the service's pod. */
export type VaultSettings = { readonly url: string } & (AppRoleLogin | AccountLogin);

/** An AppRole, at `auth/approle`. */
export interface AppRoleLogin {
  readonly roleId: string;
  readonly secretId: string;
}

/** A role for accounts of a cluster, at `auth/kubernetes`. */
export interface AccountLogin {
  readonly role: string;
  /** The file of the account's token. Kubernetes writes another one there before that ends, so it is read with each log-in. */
  readonly tokenFile: string;
}

const TIMEOUT_MS = 10_000;
/** A token is used for so much of its time. */
const SHARE = 0.8;

/** Secrets in OpenBao's KV engine, version 2, at `secret/`. */
export class VaultSecrets implements SecretStore {
  private token: { readonly value: string; readonly until: number } | undefined;

  constructor(private readonly settings: VaultSettings) {}

  async write(path: string, secret: Readonly<Record<string, string>>): Promise<void> {
    await this.ask("POST", dataPath(path), { data: secret });
  }

  async read(path: string): Promise<Readonly<Record<string, string>> | undefined> {
    const found = fields(fields(await this.ask("GET", dataPath(path))).data).data;
    return isFields(found) ? (found as Record<string, string>) : undefined;
  }

  /** With all its versions. */
  async remove(path: string): Promise<void> {
    await this.ask("DELETE", path.replace(/^secret\//, "secret/metadata/"));
  }

  /** What it answers; undefined where there is nothing. @throws Error that holds nothing of what was sent */
  private async ask(method: string, path: string, body?: object): Promise<unknown> {
    const send = async () => this.send(method, path, body, { "x-vault-token": await this.login() });
    let answer = await send();
    if (answer.status === 403) {
      // Its token may have been revoked, with all others, when it was sealed.
      this.token = undefined;
      answer = await send();
    }
    if (answer.status === 404) return undefined;
    if (!answer.ok) throw new Error(`the vault answers ${method} ${path} with ${answer.status}`);
    return method === "GET" ? await answer.json() : undefined;
  }

  private async login(): Promise<string> {
    if (this.token !== undefined && this.token.until > performance.now()) return this.token.value;
    const [path, shown] = this.shown();
    const answer = await this.send("POST", path, shown, {});
    if (!answer.ok) throw new Error(`the vault refuses the log-in with ${answer.status}`);
    const { client_token: value, lease_duration: seconds } = fields(fields(await answer.json()).auth);
    if (typeof value !== "string") throw new Error("the vault gives no token");
    this.token = { value, until: performance.now() + Number(seconds ?? 0) * 1_000 * SHARE };
    return value;
  }

  /** Where it logs in, and what it shows there. */
  private shown(): [path: string, body: object] {
    const { settings } = this;
    if ("roleId" in settings) return ["auth/approle/login", { role_id: settings.roleId, secret_id: settings.secretId }];
    const jwt = readIfThere(settings.tokenFile)?.trim() ?? "";
    if (jwt === "") throw new Error(`${settings.tokenFile} holds no token to log in to the vault by`);
    return ["auth/kubernetes/login", { role: settings.role, jwt }];
  }

  private send(method: string, path: string, body: object | undefined, headers: Record<string, string>): Promise<Response> {
    const url = `${this.settings.url.replace(/\/$/, "")}/v1/${path.split("/").map(encodeURIComponent).join("/")}`;
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    return fetch(url, { method, headers, ...sent, signal: AbortSignal.timeout(TIMEOUT_MS), redirect: "error" });
  }
}

function dataPath(path: string): string {
  return path.replace(/^secret\//, "secret/data/");
}

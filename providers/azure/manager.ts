import { getClientConfig } from "@pulumi/azure-native/authorization/getClientConfig";
import { getClientToken } from "@pulumi/azure-native/authorization/getClientToken";
import type { InvokeOptions } from "@pulumi/pulumi";
import { at, list, text } from "../../model/data";

/** Azure's resource manager, asked by the provider's own credentials: for what the SDK has no lookups for. */
export interface Manager {
  /** What is at a path below the subscription. */
  get(path: string, version: string): Promise<unknown>;
  /** All there is of a list. */
  list(path: string, version: string, filter?: string): Promise<readonly unknown[]>;
}

const TIMEOUT = 30_000;

/** The resource managers of tokens whose audience is the name that their cloud had before. */
const FORMER: Readonly<Record<string, string>> = {
  "management.core.windows.net": "https://management.azure.com",
  "management.core.usgovcloudapi.net": "https://management.usgovcloudapi.net",
  "management.core.chinacloudapi.cn": "https://management.chinacloudapi.cn",
};

/** @param options with the provider whose credentials count */
export function resourceManager(options: InvokeOptions): Manager {
  const login = Promise.all([getClientConfig(options), getClientToken({}, options)]).then(([{ subscriptionId }, { token }]) => ({
    token,
    subscription: `${endpointOf(token)}/subscriptions/${subscriptionId}/`,
  }));
  // Whoever asks is told.
  login.catch(() => undefined);
  const ask = async (url: string): Promise<unknown> => {
    const { token, subscription } = await login;
    const target = new URL(url, subscription);
    if (target.origin !== new URL(subscription).origin) throw new Error(`${target.origin} is not the resource manager`);
    const response = await fetch(target, { headers: { authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(TIMEOUT) });
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.ok) return answer;
    throw new Error(
      `Status=${response.status} Code="${text(at(answer, "error.code")) ?? ""}" Message="${text(at(answer, "error.message"))}"`,
    );
  };
  const asked = (path: string, version: string, filter?: string): string =>
    `${path}?${new URLSearchParams({ "api-version": version, ...(filter === undefined ? {} : { $filter: filter }) })}`;
  return {
    get: (path, version) => ask(asked(path, version)),
    async list(path, version, filter) {
      const found: unknown[] = [];
      for (let next: string | undefined = asked(path, version, filter); next !== undefined; ) {
        const page = await ask(next);
        found.push(...list(at(page, "value")));
        next = text(at(page, "nextLink"));
      }
      return found;
    },
  };
}

/** Whom a token is for: it is given to nobody else. */
function endpointOf(token: unknown): string {
  const audience = typeof token === "string" ? audienceIn(token) : undefined;
  if (audience === undefined || !URL.canParse(audience)) throw new Error("the provider's token does not say whom it is for");
  const { host, origin } = new URL(audience);
  return FORMER[host] ?? origin;
}

/** The `aud` of a JSON web token. */
function audienceIn(token: string): string | undefined {
  try {
    return text(at(JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()), "aud"));
  } catch {
    return undefined;
  }
}

import type { EnvironmentPlan } from "../model/plan/types";
import type { Finding } from "./finding";

/** A kind of backend that several hosts can share. */
interface SharedBackend {
  readonly title: string;
  /** What is wrong with a URL of this kind, or weak. */
  readonly weak: (url: URL) => string | undefined;
}

const plainHttp = (url: URL): string | undefined =>
  url.searchParams.get("endpoint")?.startsWith("http:") || url.searchParams.get("disableSSL") === "true"
    ? "states go to it in clear"
    : undefined;

/** The kinds that the engine has drivers of, by the scheme of their URLs. */
const SHARED: Readonly<Record<string, SharedBackend>> = {
  "s3:": { title: "a bucket of S3's API", weak: plainHttp },
  "gs:": { title: "a bucket of Google Cloud Storage", weak: plainHttp },
  "azblob:": { title: "a container of Azure Blob Storage", weak: plainHttp },
  "postgres:": {
    title: "a PostgreSQL database",
    weak: ({ searchParams, hostname }) =>
      ["127.0.0.1", "localhost", ""].includes(hostname) ||
      ["require", "verify-ca", "verify-full"].includes(searchParams.get("sslmode") ?? "require")
        ? undefined
        : "states go to it in clear where the server has it so",
  },
};

/** The kinds that are a service or a folder. */
const ELSEWHERE: ReadonlySet<string> = new Set(["http:", "https:", "file:"]);

/** What to do where a backend of a kind is none. */
const REFUSED: Readonly<Record<string, string>> = {
  "postgresql:": "write it as postgres://",
  "mem:": "it is gone with the engine: choose one that lasts",
};

/** What of a backend can be told by its URL alone; undefined for those that are a service or a folder. */
export function sharedBackendFinding(url: string, shown: string): Finding | undefined {
  const name = "backend";
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined) return { name, status: "warning", detail: `${shown} is no URL`, remedy: `write one of ${kinds()}` };
  if (ELSEWHERE.has(parsed.protocol)) return undefined;
  const shared = SHARED[parsed.protocol];
  if (shared === undefined)
    return {
      name,
      status: "warning",
      detail: `${shown}: the engine has no backend of the kind ${parsed.protocol}//`,
      remedy: REFUSED[parsed.protocol] ?? `choose one of ${kinds()}`,
    };
  const weak = shared.weak(parsed);
  if (weak === undefined) return { name, status: "ok", detail: `${shown}, ${shared.title}` };
  return { name, status: "warning", detail: `${shown}, ${shared.title}: ${weak}`, remedy: "encrypt the connection: docs/state.md has how" };
}

/** Whether a backend is of a kind that the engine has a driver of, and several hosts can share. */
export const isShared = (url: string): boolean => URL.canParse(url) && new URL(url).protocol in SHARED;

const kinds = (): string => ["file://", "https://", ...Object.keys(SHARED).map((each) => `${each}//`)].join(", ");

/** How the engine is asked for the stacks of a backend. */
type AskStacks = (signal: AbortSignal) => Promise<unknown>;

/** Whether a backend that several hosts share answers, and lets this one in; its stacks are counted, and none is read. */
export async function sharedBackendAnswer(told: Finding, ask: AskStacks, limit: number): Promise<Finding> {
  const signal = AbortSignal.timeout(limit);
  try {
    await ask(signal);
    return { ...told, detail: `${told.detail}, which answers` };
  } catch (error) {
    const reason = signal.aborted ? `no answer within ${limit / 1_000} s` : error instanceof Error ? error.message : String(error);
    const [, ...lines] = reason.split("\n");
    return {
      name: told.name,
      status: "warning",
      detail: `${told.detail}: ${(lines.join(" ") || reason).trim()}`,
      remedy: "see to its name, the way to it and the credentials; then run `kpaas doctor` again",
    };
  }
}

/** Whether this machine has what it takes to read the secrets of its environments, as their stacks' configurations name the provider. */
export function secretsFindings(
  plans: readonly EnvironmentPlan[],
  providerOf: (plan: EnvironmentPlan) => string | undefined,
  env: NodeJS.ProcessEnv,
): Finding[] {
  return plans.flatMap((plan): Finding[] => {
    const provider = providerOf(plan);
    if (provider === undefined) return [];
    const name = `secrets of ${plan.environment}`;
    if (provider.startsWith("hashivault:") && !(env.VAULT_ADDR || env.VAULT_SERVER_URL))
      return [
        {
          name,
          status: "warning",
          detail: `encrypted by ${provider}`,
          remedy: "set VAULT_ADDR, and VAULT_TOKEN or a log-in's token",
        },
      ];
    if (provider === "passphrase" && env.PULUMI_CONFIG_PASSPHRASE === undefined && !env.PULUMI_CONFIG_PASSPHRASE_FILE)
      return [
        {
          name,
          status: "warning",
          detail: "encrypted by a passphrase that is not set",
          remedy: "set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE",
        },
      ];
    return [{ name, status: "ok", detail: `encrypted by ${provider}` }];
  });
}

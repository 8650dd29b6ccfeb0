import { isFields } from "../../model/data";
import { ENVIRONMENT } from "../../model/type-tokens";
import { STACK, type State } from "./state";

/** What a state tells of itself, with nothing of what it describes. */
export interface StateSummary {
  /** When it was written last (ISO 8601); undefined where it never was. */
  readonly updated?: string;
  /** How many resources it holds, but for the one that stands for the stack. */
  readonly resources: number;
  /** Operations that were begun and of which it does not know the end. */
  readonly open: number;
  /** How its secrets are encrypted: `passphrase`, `service`, or the URL of a key. */
  readonly secrets?: string;
  /** The engine that wrote it. */
  readonly engine?: string;
  /** The environment's release of K-PaaS. */
  readonly release?: string;
  /** Whether an environment of ours is in it. */
  readonly holdsEnvironment: boolean;
}

/** What is told of a state. Pure. */
export function summarize(state: State): StateSummary {
  const { manifest, resources = [], pending_operations: open = [] } = state.deployment;
  const environment = resources.find(({ type }) => type === ENVIRONMENT);
  const { release } = environment?.inputs ?? {};
  const secrets = secretsOf(state)?.provider;
  return {
    ...(manifest?.time && !manifest.time.startsWith("0001-") ? { updated: manifest.time } : {}),
    resources: resources.filter(({ type }) => type !== STACK).length,
    open: open.length,
    ...(secrets === undefined ? {} : { secrets }),
    ...(typeof manifest?.version === "string" && manifest.version !== "" ? { engine: manifest.version.replace(/^v/, "") } : {}),
    ...(typeof release === "string" ? { release } : {}),
    holdsEnvironment: environment !== undefined,
  };
}

/** How a state says that its secrets are encrypted; undefined where it says nothing, as one that never held anything. */
export function secretsOf({ deployment }: State): { readonly provider: string; readonly key?: string } | undefined {
  const said: unknown = deployment.secrets_providers;
  if (!isFields(said) || typeof said.type !== "string" || said.type === "") return undefined;
  const state = isFields(said.state) ? said.state : {};
  const provider = said.type === "cloud" && typeof state.url === "string" ? state.url : said.type;
  const key = state.salt ?? state.encryptedkey;
  return { provider, ...(typeof key === "string" ? { key } : {}) };
}

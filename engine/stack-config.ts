import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { readIfThere } from "../host/files";
import { isFields } from "../model/data";
import { parseStackName } from "../model/layers";
import type { EngineSetting } from "./workspace";

/** What says where a stack's configuration is. */
type Where = Pick<EngineSetting, "workDir" | "stack">;

/** The file with a stack's configuration, whether it is there or not: the user's own, which they commit. */
export function stackConfigFile({ workDir, stack }: Where): string {
  const project: unknown = parse(readFileSync(join(workDir, "Pulumi.yaml"), "utf8"));
  const folder = isFields(project) && typeof project.stackConfigDir === "string" ? project.stackConfigDir : "";
  return join(workDir, folder, `Pulumi.${stack}.yaml`);
}

/** Where the project's own file says that states are; undefined where it does not. */
export function projectBackend(root: string): string | undefined {
  const project: unknown = parse(readIfThere(join(root, "Pulumi.yaml")) ?? "");
  const backend = isFields(project) && isFields(project.backend) ? project.backend.url : undefined;
  return typeof backend === "string" ? backend : undefined;
}

/** How a stack's configuration says that secrets are encrypted. */
export interface ConfiguredSecrets {
  /** The URL of a key that somebody keeps, `passphrase`; undefined where nothing is said. */
  readonly provider?: string;
  /** The encrypted data key, or the salt and what tells a wrong passphrase: as the state has it too. */
  readonly key?: string;
}

/** How the configuration of a stack says that secrets are encrypted. */
export function configuredSecrets(where: Where): ConfiguredSecrets {
  const config: unknown = parse(readIfThere(stackConfigFile(where)) ?? "");
  if (!isFields(config)) return {};
  const { secretsprovider: provider, encryptedkey, encryptionsalt: salt } = config;
  const named = typeof provider === "string" && provider !== "" && provider !== "default" ? provider : undefined;
  const key = named === undefined || named === "passphrase" ? salt : encryptedkey;
  const said = named ?? (typeof salt === "string" ? "passphrase" : undefined);
  return { ...(said === undefined ? {} : { provider: said }), ...(typeof key === "string" ? { key } : {}) };
}

/**
 * The options of `pulumi stack init` by which a new stack's secrets are encrypted as its configuration says; without them the engine takes a
 * passphrase, and puts that into the configuration in the other's place. A layer's stack goes by that of the whole environment, where its own
 * says nothing.
 */
export function secretsOptions({ workDir, stack }: Where): string[] {
  const { environment } = parseStackName(stack);
  const named = [stack, environment].flatMap((each) => configuredSecrets({ workDir, stack: each }).provider ?? [])[0];
  return named === undefined || named === "passphrase" ? [] : ["--secrets-provider", named];
}

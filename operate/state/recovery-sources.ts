import { z } from "zod";
import { isLoginKey } from "../../engine/adopt/generated";
import type { StoredStack } from "../../engine/states";
import { readTextFile } from "../../files/text-file";
import { readYaml } from "../../files/yaml";
import type { EnvironmentPlan } from "../../model/plan/types";
import { Findings, InvalidInputError } from "../../model/problems";
import { readStates } from "./folder";

/** What is told of what nobody can be asked, each in a file. */
export interface RecoverySources {
  /** Ids by logical name, as YAML or JSON. */
  readonly ids?: string;
  /** The private key that machines were made with. */
  readonly sshKey?: string;
  /** An older backup of the states. */
  readonly older?: string;
}

/** What those files hold. */
interface Told {
  readonly ids?: Readonly<Record<string, string>>;
  readonly sshKey?: string;
  readonly older?: readonly StoredStack[];
}

/** Reads all of them. @throws InvalidInputError with everything that is wrong with any */
export function readRecoverySources(
  { environment, layers }: Pick<EnvironmentPlan, "environment" | "layers">,
  project: string,
  sources: RecoverySources,
): Told {
  const findings = new Findings();
  const ids = sources.ids === undefined ? undefined : idsIn(sources.ids, findings);
  const sshKey = sources.sshKey === undefined ? undefined : keyIn(sources.sshKey, findings);
  const older = sources.older === undefined ? undefined : statesIn(sources.older, environment, project, findings);
  if (older?.some(({ layer }) => (layer === undefined) === (layers === "three")))
    findings.error(
      "--older",
      `holds ${layers === "three" ? "one stack" : "stacks of layers"}, and the file has \`layers: ${layers}\``,
      "name a backup that was made since it has them, or leave it out",
    );

  if (findings.hasErrors) throw new InvalidInputError(findings.toProblems(environment));
  return { ...(ids && { ids }), ...(sshKey && { sshKey }), ...(older && { older }) };
}

function idsIn(file: string, findings: Findings): Record<string, string> | undefined {
  const before = findings.all.length;
  const content = readYaml(file, "--ids", findings);
  if (findings.all.length > before) return undefined;
  const { data, error } = z.record(z.string(), z.string()).safeParse(content);
  for (const [name, id] of Object.entries(data ?? {}))
    if (id.trim() === "") findings.error(`--ids.${name}`, "is empty", "write the id, or take the line out");
  for (const { path } of error?.issues ?? [])
    findings.error(
      ["--ids", ...path.map(String)].join("."),
      path.length === 0 ? "holds no lines of NAME: ID" : "must be a text",
      path.length === 0 ? "write one for each resource" : "put the id into quotes",
    );
  return data;
}

function keyIn(file: string, findings: Findings): string | undefined {
  const text = readTextFile(file, "--ssh-key", findings);
  if (text === undefined || isLoginKey(text)) return text;
  findings.error("--ssh-key", "holds no Ed25519 key without a passphrase", "give the key that `kpaas outputs --show-secrets` printed");
  return undefined;
}

function statesIn(folder: string, environment: string, project: string, findings: Findings): readonly StoredStack[] | undefined {
  try {
    const { manifest, states } = readStates(folder, environment);
    if (manifest.project !== project)
      findings.error(
        "--older",
        `is of the Pulumi project ${manifest.project}, and this one is ${project}`,
        "name a backup of this project",
      );
    return states;
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    for (const { reason, remedy } of error.problems) findings.error("--older", reason, remedy);
    return undefined;
  }
}

import { parseDocument } from "yaml";
import { type Edit, editYaml } from "../../files/edit-yaml";
import { at, fields, isFields, list } from "../../model/data";
import { providerOf } from "../accounts/providers";
import { SSH_KEY } from "../environments/rules";
import { type Fault, HttpProblem } from "../http/problem";
import type { Provider } from "./shapes";

/** A line that HCL has, and YAML has not. */
const HCL = /^\s*(terraform|provider|resource|data|variable|output|module|locals)\b[^:\n]*\{/m;

/** Fields by which a file reaches for others: what comes by HTTP brings all of itself. */
const REACHING: Readonly<Record<string, string>> = {
  extends: "other files are not read: write what the base says into the text",
  manifests: "manifests are read from files beside the environment: put them into the repository of environments",
};
/** References that would read the files and variables of the machine that the service runs on. */
const REFERENCES = ["file", "env"];

/**
 * What is wrong with a template's text: it is an environment file that brings all of itself, for this provider. Its own plan is looked at when a
 * cluster is made of it.
 * @throws HttpProblem with all of it
 */
export function checkText(text: string, provider: Provider, path = "hclScript"): void {
  if (text.trim() === "") throw invalid([{ path, reason: "Requirements are missing.", remedy: "give the text of an environment file" }]);
  if (HCL.test(text))
    throw invalid([
      {
        path,
        reason: "this is HCL, which nothing here runs: a template is the text of an environment file",
        remedy: "write what is wanted as `kpaas init NAME --provider PROVIDER` does: infrastructure, cluster, platform",
      },
    ]);
  const content = parsed(text, path);
  if (!isFields(content)) throw invalid([{ path, reason: "this is no environment file: it has no fields" }]);
  const faults = reaching(content, path);
  const wanted = providerOf(provider);
  const given = at(content, "infrastructure.provider");
  if (wanted === undefined) faults.push({ path: "providerType", reason: `clusters on ${provider} are registered, and not made` });
  else if (given !== wanted)
    faults.push({
      path: `${path}.infrastructure.provider`,
      reason: `must be ${wanted}, as of every cluster on ${provider}`,
      remedy: `write provider: ${wanted}`,
    });
  if (faults.length > 0) throw invalid(faults);
}

/** The text as the environment of one cluster: with its name, and the key that its machines are logged in to by. @throws HttpProblem */
export function textOf(template: string, name: string, keyed: boolean): string {
  const edits: Edit[] = [
    { path: ["name"], value: name },
    ...(keyed ? [{ path: ["infrastructure", "access", "ssh", "privateKey"], value: { env: SSH_KEY } }] : []),
  ];
  const text = editYaml(template, edits);
  if (text !== undefined) return text;
  throw invalid([
    {
      path: "hclScript",
      reason: "its name cannot be set: an alias or another form of YAML stands there",
      remedy: "write `name: any` as its first line",
    },
  ]);
}

function parsed(text: string, path: string): unknown {
  let reason: string | undefined;
  try {
    const document = parseDocument(text, { logLevel: "error" });
    [reason] = document.errors.map(({ message }) => message.split("\n")[0]);
    if (reason === undefined) return document.toJS({ maxAliasCount: 100 });
  } catch {
    // Aliases of aliases, or brackets without an end.
    reason = "it is nested too deeply";
  }
  throw invalid([{ path, reason: `this is no YAML: ${reason}` }]);
}

function reaching(value: unknown, path: string): Fault[] {
  if (Array.isArray(value)) return list(value).flatMap((item, index) => reaching(item, `${path}.${index}`));
  if (!isFields(value)) return [];
  const names = Object.keys(value);
  const [only = ""] = names;
  if (names.length === 1 && REFERENCES.includes(only))
    return [
      {
        path: `${path}.${only}`,
        reason: "the machine that the service runs on is not read",
        remedy: "refer to the vault: { vault: PATH#FIELD }",
      },
    ];
  return Object.entries(fields(value)).flatMap(([name, inner]) => {
    const remedy = REACHING[name];
    const here = remedy === undefined ? [] : [{ path: `${path}.${name}`, reason: "it reaches for other files", remedy }];
    return [...here, ...reaching(inner, `${path}.${name}`)];
  });
}

function invalid(faults: readonly Fault[]): HttpProblem {
  return new HttpProblem("invalid-request", "see problems", faults);
}

import type { Outcome } from "../../engine/adopt/notes";
import type { Recovered } from "../../engine/recover";
import type { StoredStack } from "../../engine/states";
import { LAYERS } from "../../model/layers";
import type { EnvironmentPlan } from "../../model/plan/types";
import type { Problem } from "../../model/problems";

/** What was found of one resource. */
export interface RecoveredResource {
  readonly name: string;
  readonly type: string;
  readonly outcome: Outcome;
  readonly id?: string;
  /** Why it is so, or what follows from it. */
  readonly reason?: string;
  /** True: its id was told. */
  readonly told?: boolean;
}

/** What putting the state of an environment together again would give. */
export interface StateRecoveryPlan {
  readonly resources: readonly RecoveredResource[];
  /** What the next `up` would change, as `create NAME`. */
  readonly changes: readonly string[];
  /** Resources by stack; none where the states are not worth keeping. */
  readonly stacks: Readonly<Record<string, number>>;
}

/** Reads what was found. Pure. */
export function planRecovery({ findings, changes, states }: Recovered): StateRecoveryPlan {
  const place = ({ outcome, name }: RecoveredResource) => `${ORDER.indexOf(outcome)} ${name}`;
  const resources = findings.map(({ urn, ...finding }): RecoveredResource => ({ name: urn.split("::").at(-1) ?? urn, ...finding }));
  return {
    resources: resources.sort((a, b) => (place(a) < place(b) ? -1 : 1)),
    changes: changes.map(({ op, name }) => `${op} ${name}`),
    stacks: Object.fromEntries(states.map(({ stack, state }) => [stack, state.deployment.resources?.length ?? 0])),
  };
}

/** What a person has to look at comes first. */
const ORDER: readonly Outcome[] = ["foreign", "several", "unasked", "missing", "lost", "left", "known", "found"];

/** Ids that were told and are not of what they were told for. Pure. */
export function wrongIds(environment: string, { resources, changes }: StateRecoveryPlan): Problem[] {
  return resources.flatMap(({ name, outcome, id, reason = "", told }) => {
    const replaced = changes.some((change) => change === `replace ${name}`)
      ? "what has this id would be replaced: it is another one"
      : undefined;
    const wrong = outcome === "found" ? replaced : reason;
    if (told !== true || wrong === undefined) return [];
    const remedy = "look for the id of what the file calls so, of this very type";
    return [{ environment, path: `--ids.${name}`, value: id, reason: wrong, remedy, severity: "error" }];
  });
}

/** What stands in the way of taking it, and the way out. Pure. */
export function obstacles(environment: string, plan: StateRecoveryPlan): Problem[] {
  const problem = (path: string, reason: string, remedy: string): Problem => ({ environment, path, reason, remedy, severity: "error" });
  const { resources, changes } = plan;
  if (!resources.some(({ outcome }) => outcome === "found"))
    return [problem("", "nothing of it was found", "look whether credentials, region and project are those it was made with")];
  const unclear = resources.flatMap(({ name, outcome, reason = "" }) => {
    const remedy = REMEDIES[outcome];
    return remedy === undefined ? [] : [problem(name, reason, remedy)];
  });
  // What it has signed is not made again by another one, which would stand beside what is there.
  const isUnsigned = resources.some(({ type, outcome }) => outcome === "unasked" && type.startsWith("tls:"));
  const keys = isUnsigned ? resources.filter(({ type, outcome }) => outcome === "lost" && type.endsWith(":PrivateKey")) : [];
  const unsigned = keys.map(({ name }) =>
    problem(name, "it is lost, and what it has signed cannot be made without it", "name an older backup by --older: only a state has it"),
  );
  const ids = new Map<string, string>();
  const twice = resources.flatMap(({ name, type, outcome, id }) => {
    const other = outcome === "found" ? ids.get(`${type} ${id}`) : undefined;
    ids.set(`${type} ${id}`, name);
    return other === undefined ? [] : [problem(name, `${other} would be the same: ${id}`, "tell their ids by --ids")];
  });
  const harm = changes
    .filter((change) => /^(replace|delete)/.test(change))
    .map((change) => {
      const [op = "", name = ""] = change.split(" ");
      return problem(
        name,
        `the next \`up\` would ${op} it: what is there is not what the file and the values found say`,
        "set the file to what is there, or give the value that it was made with (--ssh-key, --older)",
      );
    });
  return [...unsigned, ...unclear, ...twice, ...harm];
}

const REMEDIES: Partial<Record<Outcome, string>> = {
  foreign: "look which environment it belongs to: two of them cannot share it",
  several: "tell which one it is by --ids",
  unasked: "tell its id by --ids, or name an older backup by --older",
};

/** Why nothing is lost that could be looked for, by the stacks that hold something; none where something is. Pure. */
export function notLost(
  { environment, layers }: Pick<EnvironmentPlan, "environment" | "layers">,
  standing: readonly Pick<StoredStack, "stack" | "layer">[],
): Problem[] {
  const others = standing.filter(({ layer }) => (layer === undefined) === (layers === "three"));
  const isAll = layers === "one" || standing.length - others.length === LAYERS.length;
  const stacks = others.length > 0 ? others : isAll ? standing : [];
  const look = `look at \`kpaas preview ${environment}\`; where that state is of no use, \`kpaas state backup\` it, then take the stack away with \`pulumi stack rm --force\``;
  return stacks.map(({ stack }) => ({
    environment,
    path: "",
    reason: `its state is not lost: the stack ${stack} holds resources`,
    remedy: look,
    severity: "error",
  }));
}

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
  const resources = findings.map(({ urn, type, outcome, id, reason }): RecoveredResource => {
    const name = urn.split("::").at(-1) ?? urn;
    return { name, type, outcome, ...(id === undefined ? {} : { id }), ...(reason === undefined ? {} : { reason }) };
  });
  return {
    resources: resources.sort((a, b) => (place(a) < place(b) ? -1 : 1)),
    changes: changes.map(({ op, name }) => `${op} ${name}`),
    stacks: Object.fromEntries(states.map(({ stack, state }) => [stack, state.deployment.resources?.length ?? 0])),
  };
}

/** What a person has to look at comes first. */
const ORDER: readonly Outcome[] = ["foreign", "several", "unasked", "missing", "lost", "left", "known", "found"];

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
  return [...unclear, ...twice, ...harm];
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

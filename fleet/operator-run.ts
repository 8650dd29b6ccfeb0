import { execFileSync } from "node:child_process";
import { dirname } from "node:path";
import type { ExportedStack } from "../model/fleet/export/cluster";
import { NAMESPACE } from "../model/fleet/export/operator-stack";
import type { Begun, OperatorRun } from "../model/fleet/records";
import { InvalidInputError, type Problem, RefusedError } from "../model/problems";
import { Stacks } from "../operate/stacks";
import { ByOperator } from "./by-operator";
import { exportedClusters } from "./export";
import type { Loaded } from "./request";
import type { Steps } from "./steps";

/** What a run by the operator goes by from its beginning to its end. @throws InvalidInputError, RefusedError */
export function operatorRun(loaded: Loaded, root: string): OperatorRun {
  const { plan, fields, file } = loaded;
  const said = fields.via?.operator;
  if (said?.kubeconfig === undefined) {
    const reason = "does not say how the operator is reached and what it brings up";
    throw new InvalidInputError([problem(plan.fleet, "via.operator", reason, "write `kubeconfig`, `repository` and `image` there")]);
  }
  const { kubeconfig, ...operator } = said;
  const { clusters, backend, problems } = exportedClusters(loaded, root);
  if (problems.length > 0) throw new RefusedError(problems);
  const stacks = Object.fromEntries([...clusters].map(([name, { stacks: own }]): [string, readonly ExportedStack[]] => [name, own]));
  const namespace = operator.namespace ?? NAMESPACE;
  const workspaces = { ...operator, namespace, backend, commit: committed(root, plan.fleet) };
  return { workspaces, stacks, kubeconfig, folder: dirname(file) };
}

/** Does a run's ups by the operator, and all other steps as ever. @throws InvalidInputError where the operator's cluster cannot be reached as the file says */
export async function stepsByOperator(begun: Begun, operator: OperatorRun, children: Steps): Promise<Steps> {
  const { kubeconfig, folder, workspaces } = operator;
  try {
    return new ByOperator({ begun, operator, children, stacks: await Stacks.open(kubeconfig, folder, workspaces.namespace) });
  } catch (error) {
    const reason = `cannot be used: ${error instanceof Error && error.name === "Error" ? error.message : "it is no kubeconfig that logs in by what it holds"}`;
    throw new InvalidInputError([
      problem(begun.plan.fleet, "via.operator.kubeconfig", reason, "name one with a token or a client certificate"),
    ]);
  }
}

/** The commit that is checked out. @throws RefusedError where the files are not those of a commit: what a preview shows would not be what the operator brings up */
function committed(root: string, fleet: string): string {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
  const remedy = "commit and push what there is: the operator fetches that commit, and previews are held against it";
  let found: { readonly commit: string; readonly changes: string };
  try {
    found = { commit: git("rev-parse", "HEAD"), changes: git("status", "--porcelain") };
  } catch {
    throw new RefusedError([problem(fleet, "", "the project is in no git repository, or has no commit", remedy)]);
  }
  if (found.changes !== "") throw new RefusedError([problem(fleet, "", `files are not those of the commit ${found.commit}`, remedy)]);
  return found.commit;
}

function problem(environment: string, path: string, reason: string, remedy: string): Problem {
  return { environment, path, reason, remedy, severity: "error" };
}

/** Another host's operation on the environment `seoul`, in a process of its own: `node one-stack-child.js ROOT`, the backend by the environment. Prints how it ended. */
import { runOperation } from "../../engine/run-operation";
import type { EngineTarget } from "../../engine/types";
import { emptyPlan } from "../engine/plan";

async function main(root: string): Promise<void> {
  const target: EngineTarget = { plan: emptyPlan("seoul"), root, sandbox: false, approvals: [] };
  await runOperation("up", target, async () => ({ by: "another" }), {});
}

void main(process.argv[2] ?? "").then(
  () => console.log("ended well"),
  (error: unknown) => console.log(String(error)),
);

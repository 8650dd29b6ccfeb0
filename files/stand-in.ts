import { isFields } from "../model/data";
import type { PlannedEnvironment } from "../model/plan/plan";
import { Findings } from "../model/problems";
import { standInCloud } from "../model/registry";
import type { LoadedEnvironment } from "./load";
import { planContent } from "./plan-content";
import { registry } from "./registry";

/** What the smallest environment file says; its plan stands for one that cannot be planned where only the name matters. */
const SMALLEST = { infrastructure: { provider: standInCloud(registry) } };

/** What decides how an environment is reached and held, and what is to be left of it. */
const KEPT = ["layers", "profile", "retain", "infrastructure"] as const;

/**
 * A plan by which an environment whose file cannot be planned any more can be destroyed: a destroy goes by what is recorded, and takes from the
 * file no more than the name, the way in, and what is to be left. Undefined where the name itself is in doubt.
 * What nobody can read may ask for volumes to be left, so they are.
 */
export function standIn({ name: known, content, problems }: LoadedEnvironment): PlannedEnvironment | undefined {
  if (problems.some(({ path, severity }) => path === "name" && severity === "error")) return undefined;
  const name = known.replace(/\.ya?ml$/, "");
  const plan = (fields: Readonly<Record<string, unknown>>): PlannedEnvironment | undefined =>
    planContent({ registry, content: { ...fields, name }, whole: true, fallbackName: name, readLock: () => undefined }, new Findings(), "")
      .planned;
  const written = isFields(content) ? content : {};
  const retain = isFields(content) && !problems.some(({ path }) => path.startsWith("retain")) ? (content.retain ?? []) : ["volumes"];
  const kept = Object.fromEntries(KEPT.flatMap((field) => (field in written ? [[field, written[field]]] : [])));
  return plan({ ...SMALLEST, ...kept, retain }) ?? plan({ ...SMALLEST, retain });
}

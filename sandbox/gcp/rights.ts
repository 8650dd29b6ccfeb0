import { ApiError } from "../cloud/cloud";
import { isMap, text, texts } from "../values";
import type { Gcp } from "./names";

/** Refuses what no role of the project's allows to do with an object of that name. */
export function refuseWithout(cloud: Gcp, permission: string, plural: string, name: string): void {
  const allowed = cloud.store.list("projectMember").some(({ role, condition }) => {
    const held = cloud.store.get("role", String(role));
    if (held === undefined || !texts(held, "permissions").includes(permission)) return false;
    return !isMap(condition) || isWithin(text(condition, "expression"), plural, name);
  });
  if (!allowed) throw new ApiError("Error 403", `Required '${permission}' permission for '${plural}/${name}', forbidden`);
}

/** Whether a name begins as an expression says names of that kind must, and not as it says they must not. */
function isWithin(expression: string, plural: string, name: string): boolean {
  const starts = [
    ...expression.matchAll(new RegExp(`(!?)resource\\.name\\.extract\\("/${plural}/\\{name\\}"\\)\\.startsWith\\("([^"]*)"\\)`, "g")),
  ];
  const begins = (not: string): boolean => starts.some(([, sign, start = ""]) => sign === not && name.startsWith(start));
  return begins("") && !begins("!");
}

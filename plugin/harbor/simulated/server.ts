import type { HarborAnswer, HarborCall } from "../call";
import { PROJECT_ROUTES } from "./projects";
import { isKnownRobot, ROBOT_ROUTES } from "./robots";
import { gone, type HarborRows, hashOf, Refusal } from "./rows";

/** Carries a call out on what a Harbor's database holds, as who calls. */
export function answerOf(rows: HarborRows, call: HarborCall, caller: { readonly user: string; readonly password: string }): HarborAnswer {
  const url = new URL(call.path, "https://harbor");
  rows.admin ??= hashOf(caller.password);
  const isAdmin = caller.user === "admin" && rows.admin === hashOf(caller.password);
  if (url.pathname === "/service/token") {
    const isKnown = isAdmin || isKnownRobot(rows, caller.user, caller.password);
    return isKnown ? { status: 200, body: { token: "a token" } } : { status: 401, body: undefined };
  }
  try {
    if (!isAdmin) throw new Refusal(401, "UNAUTHORIZED", "unauthorized");
    const path = url.pathname.replace(/^\/api\/v2\.0\//, "");
    for (const [method, form, answer] of [...PROJECT_ROUTES, ...ROBOT_ROUTES]) {
      const match = form.exec(path);
      if (method !== call.method || match === null) continue;
      const named = match.slice(1).map(decodeURIComponent);
      const body = JSON.parse(JSON.stringify(call.body ?? {})) as Record<string, unknown>;
      const { status = 200, body: said } = answer({ rows, named, query: url.searchParams, body });
      return { status, body: said };
    }
    throw gone(path);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { status: error.status, body: { errors: [{ code: error.code, message: error.message }] } };
  }
}

import { z } from "zod";
import { fields, isFields, list, parsedJson } from "../../model/data";
import { HttpProblem } from "../http/problem";
import { defineRoute, type Route } from "../http/route";
import type { Own } from "./own";
import { byName } from "./shapes";

const Wanted = z.strictObject({
  ttl: z
    .string()
    .regex(/^[1-9]\d{0,4}[smh]$/, "must be a duration such as 30m")
    .refine((ttl) => secondsOf(ttl) >= 600 && secondsOf(ttl) <= 86_400, "must be 10m to 24h")
    .default("1h")
    .meta({ description: "How long its credentials are good for: 10m to 24h." }),
});
const Kubeconfig = z.strictObject({ kubeconfig: z.string().meta({ description: "YAML. A secret." }), ttl: z.string() });

/** Kubeconfigs whose credentials end soon, as `kpaas kubeconfig --ttl` makes them; they are kept nowhere. */
export function kubeconfigRoutes(own: Own): Route[] {
  return [
    defineRoute({
      ...{
        id: "issueKubeconfig",
        method: "POST",
        path: "/api/v1/environments/{name}/kubeconfig",
        needs: "operator",
        about: "environments",
      },
      ...{ params: byName, body: Wanted, reply: Kubeconfig, summary: "A kubeconfig whose credentials end soon" },
      tells: { 409: "The cluster is not up, or cannot issue such." },
      handle: async ({ params: { name }, body: { ttl }, principal }) => {
        await own.catalog.outline(name, principal, "operator");
        // Written down before: nobody has one of whom nothing is known.
        await own.trail.append({ actor: principal.id, action: "kubeconfig.issue", target: name, detail: { ttl } });
        const { code, printed } = await own.command(["kubeconfig", name, "--ttl", ttl, "--json"], name);
        const data = parsedJson(printed);
        if (code === 0 && isFields(data) && Array.isArray(data.users)) {
          const { stringify } = await import("yaml");
          return { kubeconfig: stringify(data, { lineWidth: 0 }), ttl };
        }
        const faults = list(fields(data).problems).map((each) => {
          const { path, reason, remedy } = fields(each);
          return { path: String(path ?? ""), reason: String(reason ?? ""), remedy: String(remedy ?? "") };
        });
        throw new HttpProblem("conflict", `${name} gives no kubeconfig now`, faults);
      },
    }),
  ];
}

function secondsOf(ttl: string): number {
  return Number.parseInt(ttl, 10) * ({ s: 1, m: 60, h: 3_600 }[ttl.at(-1) ?? ""] ?? 0);
}

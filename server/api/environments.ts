import { z } from "zod";
import { listEnvironments, loadEnvironment } from "../../files/load";
import { type Names, namesIn } from "../../files/namesakes";
import { fields } from "../../model/data";
import type { Principal } from "../access/principal";
import { allows } from "../access/roles";
import type { Repository } from "../git/repository";
import { HttpProblem } from "../http/problem";
import { defineRoute, type Route } from "../http/route";
import { page, pageOf, pageQuery } from "./page";

const Environment = z.strictObject({
  name: z.string(),
  labels: z.record(z.string(), z.string()),
  provider: z.string().optional(),
  release: z.string().optional(),
  kubernetes: z.string().optional(),
  machines: z.number().int().optional().meta({ description: "How many its plan has; missing where it cannot be planned." }),
  lock: z.enum(["current", "missing", "outdated"]).optional(),
});
const Problem = z.strictObject({
  ...{ path: z.string(), reason: z.string(), remedy: z.string(), severity: z.enum(["error", "warning"]) },
});
const Commit = z.strictObject({ id: z.string(), at: z.string(), author: z.string(), subject: z.string() });
const Whole = Environment.extend({ problems: z.array(Problem), history: z.array(Commit) });
/** As environments are called; nothing else leads to a file. */
const Name = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$/, "must be a DNS label of at most 30 characters");

/** Environments as the repository has them. Who may see one goes by its labels. */
export function environmentRoutes(repository: Pick<Repository, "root" | "history">): Route[] {
  const { root } = repository;
  return [
    defineRoute({
      ...{ id: "listEnvironments", method: "GET", path: "/api/v1/environments", summary: "Environments, by name" },
      ...{ needs: "viewer", about: "environments", query: pageQuery, reply: pageOf(Environment) },
      handle: async ({ query: { after = "", limit }, principal }) => {
        const found: z.output<typeof Environment>[] = [];
        const names = namesIn(root);
        for (const name of listEnvironments(root)) {
          if (name <= after) continue;
          const { environment } = read(name, root, names);
          if (may(principal, environment.labels)) found.push(environment);
          if (found.length > limit) break;
        }
        return page(found, limit, ({ name }) => name);
      },
    }),
    defineRoute({
      ...{
        id: "readEnvironment",
        method: "GET",
        path: "/api/v1/environments/{name}",
        summary: "An environment, what is wrong with it, and who has changed it",
      },
      ...{ needs: "viewer", about: "environments", params: z.strictObject({ name: Name }), reply: Whole },
      handle: async ({ params: { name }, principal }) => {
        const { environment, problems } = listEnvironments(root).includes(name) ? read(name, root) : missing(name);
        // Whoever may not see it is not told that it is there.
        if (!may(principal, environment.labels)) missing(name);
        return { ...environment, problems, history: await repository.history(`environments/${name}.yaml`) };
      },
    }),
  ];
}

function read(
  name: string,
  root: string,
  names: Names = namesIn(root),
): { readonly environment: z.output<typeof Environment>; readonly problems: z.output<typeof Problem>[] } {
  const { content, planned, problems } = loadEnvironment(name, root, undefined, { names });
  const given = fields(fields(content).labels);
  const labels = Object.fromEntries(Object.entries(given).map(([label, value]) => [label, String(value)]));
  const found = problems.map(({ path, reason, remedy, severity }) => ({ path, reason, remedy, severity }));
  if (planned === undefined) return { environment: { name, labels }, problems: found };
  const { plan, lockState } = planned;
  const { provider, release, machines, cluster } = plan;
  return {
    environment: { name, labels, provider, release, kubernetes: cluster.kubernetes, machines: machines.length, lock: lockState },
    problems: found,
  };
}

function may({ grants }: Principal, labels: Readonly<Record<string, string>>): boolean {
  return allows(grants, "viewer", labels);
}

function missing(name: string): never {
  throw new HttpProblem("not-found", `there is no environment ${name}`);
}

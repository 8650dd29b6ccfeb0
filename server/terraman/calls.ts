import { z } from "zod";
import { HttpProblem } from "../http/problem";
import { defineRoute, type Route } from "../http/route";
import type { Face } from "./face";
import { Check } from "./replies";
import { text } from "./shapes";

const Create = z.object({ clusterId: text(100), seq: text(20), provider: text(20), sshKey: text(100) });
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Terraman's own calls. It answers at once, with status 200 and nothing, whatever comes of it; what does is the cluster's state and log. A cluster
 * that is not known here is no error to its caller either, and stands in the audit trail.
 */
export function terramanRoutes({ database, trail, work }: Face): Route[] {
  const begin = async ({ clusterId, provider }: z.output<typeof Create>, actor: string): Promise<undefined> => {
    await database.query.transaction().execute(async (transaction) => {
      const known = UUID.test(clusterId)
        ? await transaction.selectFrom("clusters").selectAll().where("id", "=", clusterId).executeTakeFirst()
        : undefined;
      let outcome = "begun";
      if (known === undefined || known.environment === null) outcome = "unknown cluster";
      // Made already, or under way: Terraman would begin a second run beside the first.
      else if (known.status === "A") outcome = "available already";
      else
        await work
          .ask({ environment: known.environment, kind: "up", askedBy: actor, cluster: known.id }, transaction)
          .catch((error: unknown) => {
            if (!(error instanceof HttpProblem)) throw error;
            outcome = "under way already";
          });
      await trail.append({ actor, action: "cluster.begin", target: clusterId, detail: { provider, outcome } }, transaction);
    });
    await work.wake();
  };
  const common = { login: "compatible", needs: "administrator", body: Create } as const;
  return [
    defineRoute({
      ...{
        ...common,
        id: "beginClusterAs",
        method: "POST",
        path: "/clusters/create/{processGb}",
        summary: "Begins to make a cluster (Terraman)",
      },
      params: z.object({ processGb: text(100) }),
      handle: async ({ body, principal }) => await begin(body, principal.id),
    }),
    defineRoute({
      ...{ ...common, id: "beginCluster", method: "POST", path: "/clusters/create", summary: "Begins to make a cluster (Terraman)" },
      handle: async ({ body, principal }) => await begin(body, principal.id),
    }),
    defineRoute({
      ...{ id: "checkTerraman", reply: Check, method: "GET", path: "/clusters/check", summary: "Whether the service answers (Terraman)" },
      ...{ login: "compatible", needs: "viewer" },
      handle: async () => ({ resultCode: "SUCCESS", resultMessage: null, httpStatusCode: null, detailMessage: null, out: null }),
    }),
  ];
}

import { z } from "zod";
import { PROVIDERS } from "./shapes";

/* What K-PaaS's calls answer where all is well, as its portal's programs of 1.7 read it. */

const text = z.string().nullable();
const moment = text.meta({ description: "In Seoul's time, `2026-11-28 18:00:00`." });
const nothing = z.null().meta({ description: "Secrets come back in no answer." });

/** What every answer, and everything in a list, begins with. */
const result = {
  resultCode: z.enum(["SUCCESS", "FAIL"]).nullable(),
  ...{ resultMessage: text, httpStatusCode: z.number().int().nullable(), detailMessage: text },
};

export const Account = z
  .strictObject({
    ...{ ...result, id: z.number().int(), name: text, provider: text, region: text, project: text, site: text, providerInfo: nothing },
    ...{ created: moment, lastModified: moment },
  })
  .meta({ id: "KPaaSAccount" });

export const Template = z
  .strictObject({
    ...{
      ...result,
      id: z.number().int(),
      name: text,
      provider: text,
      hclScript: text,
      region: text,
      created: moment,
      lastModified: moment,
    },
  })
  .meta({ id: "KPaaSTemplate" });

export const Key = z
  .strictObject({ ...result, id: z.number().int(), name: text, provider: text, privateKey: nothing, created: moment, lastModified: moment })
  .meta({ id: "KPaaSKey" });

export const Cluster = z
  .strictObject({
    ...{ ...result, clusterId: text, name: text, clusterType: text, providerType: text, description: text, sshKey: text },
    ...{ clusterApiUrl: text, clusterToken: nothing, created: moment, lastModified: moment },
    status: z.enum(["C", "A", "D"]).meta({ description: "Being made, available, failed." }),
    isActive: z.boolean(),
    ...{ userAuthId: z.null(), namespace: z.null(), podCount: z.null() },
    kubernetesVersion: text.meta({ description: "Of one that has just been registered: what it said of itself. Else null." }),
    nodeCount: z.number().int().nullable().meta({ description: "Likewise." }),
  })
  .meta({ id: "KPaaSCluster" });

export const ClusterLog = z.strictObject({
  ...result,
  items: z
    .array(z.strictObject({ ...result, clusterId: z.string(), processNo: z.number().int(), logMessage: z.string(), regTimestamp: moment }))
    .nullable(),
});

export const Check = z.strictObject({ ...result, out: z.null() });

const Form = z.record(z.string(), z.literal("")).meta({ description: "Credentials of a cloud, empty." });
export const ProviderForm = Form;
export const ProviderForms = z.strictObject({
  resultCode: z.literal("SUCCESS"),
  items: z.strictObject(Object.fromEntries(PROVIDERS.map((provider) => [provider, Form]))),
});

/** A page of a list. */
export function listOf<T extends z.ZodType>(item: T) {
  const counts = z.strictObject({ allItemCount: z.number().int(), remainingItemCount: z.number().int() });
  return z.strictObject({ ...result, itemMetaData: counts, items: z.array(item) });
}

import { X509Certificate } from "node:crypto";
import { parse } from "yaml";
import { z } from "zod";
import { type Expiring, expiringCertificates } from "../../model/cluster/certificates";
import type { Properties } from "../rpc/provider";
import { reveal } from "./values";

const datesSchema = z.record(z.string(), z.string());
const kubeconfigSchema = z.object({
  users: z.array(z.object({ user: z.object({ "client-certificate-data": z.string().optional() }) })),
});

/** What of the recorded cluster ends soon: the certificates as last seen, and the one in the recorded kubeconfig, which may be an older one. */
export function expiringOf(outputs: Properties, now: Date): Expiring {
  const seen = datesSchema.safeParse(reveal(outputs.certificates));
  const kubeconfig = reveal(outputs.kubeconfig);
  const end = typeof kubeconfig === "string" ? endOfKubeconfig(kubeconfig) : undefined;
  return expiringCertificates({ ...(seen.success ? seen.data : {}), ...(end === undefined ? {} : { kubeconfig: end }) }, now);
}

/** Whether a kubeconfig can still be used; one without certificates always can. */
export function endsAfter(kubeconfig: string, now: Date): boolean {
  const end = endOfKubeconfig(kubeconfig);
  return end === undefined || new Date(end) > now;
}

/** When the first client certificate of a kubeconfig ends (ISO 8601); undefined where it holds none, as one with a token. */
function endOfKubeconfig(kubeconfig: string): string | undefined {
  const parsed = kubeconfigSchema.safeParse(parse(kubeconfig));
  const certificates = parsed.success ? parsed.data.users.flatMap(({ user }) => user["client-certificate-data"] ?? []) : [];
  const ends = certificates.map((data) => new Date(new X509Certificate(Buffer.from(data, "base64")).validTo).toISOString());
  return ends.sort()[0];
}

import { daemonResources } from "../ceph-daemons";
import type { ResourcesPlan } from "../plan/types";
import type { Findings } from "../problems";
import { type Amount, parseQuantity } from "../quantity";
import { isSystemFolder } from "./system-folders";
import type { Environment } from "./types";

/** What can be wrong with the share and with what services ask for. */
export function checkPlatform(environment: Environment, findings: Findings): void {
  checkShare(environment, findings);
  const { services, storage } = environment.platform;
  for (const { path, resources } of services) checkResources(`${path}.resources`, resources, findings);
  if (storage.kind !== "rookCeph" || storage.daemons === undefined) return;
  for (const [kind, resources] of Object.entries(daemonResources(storage.daemons)))
    if (kind in storage.daemons) checkResources(`platform.storage.daemons.${kind}`, resources, findings);
}

/** A share of a machine of ours is a volume that is mounted at its path. */
function checkShare({ access, platform }: Environment, findings: Findings): void {
  const { storage } = platform;
  if (storage.kind !== "nfs" || storage.server !== undefined) return;
  const { path } = storage;
  if (!isSystemFolder(path, access.sshUser)) return;
  findings.error(
    "platform.storage.path",
    "is a folder of the machine's own system, and the volume would be mounted over it",
    "choose a folder of its own, such as /srv/nfs",
    path,
  );
}

/** The API server refuses requests above limits, and would do so when the machines are there already. */
function checkResources(path: string, resources: ResourcesPlan | undefined, findings: Findings): void {
  for (const what of ["cpu", "memory"] satisfies Amount[]) {
    const [request, limit] = [resources?.requests?.[what], resources?.limits?.[what]];
    if (request === undefined || limit === undefined) continue;
    if ((parseQuantity(request) ?? 0) > (parseQuantity(limit) ?? Number.POSITIVE_INFINITY))
      findings.error(`${path}.requests.${what}`, `is more than the limit of ${limit}`, "lower it, or raise the limit", request);
  }
}

import { merge } from "./data";
import type { CephDaemon, CephDaemons, ResourcesPlan } from "./plan/types";

/** What a daemon may take where the file says nothing. An OSD keeps to four fifths of its limit. */
const BY_DEFAULT: Readonly<Record<CephDaemon, ResourcesPlan>> = {
  mon: amounts("250m", "1Gi", "2Gi"),
  mgr: amounts("250m", "512Mi", "1Gi"),
  osd: amounts("500m", "2Gi", "4Gi"),
  mds: amounts("250m", "1Gi", "4Gi"),
  rgw: amounts("250m", "512Mi", "2Gi"),
};

/** The resources of every kind: what the file says, laid over what they have by default. */
export function daemonResources(said: CephDaemons = {}): Readonly<Record<CephDaemon, ResourcesPlan>> {
  return merge(BY_DEFAULT, said) as typeof BY_DEFAULT;
}

function amounts(cpu: string, memory: string, limit: string): ResourcesPlan {
  return { requests: { cpu, memory }, limits: { memory: limit } };
}

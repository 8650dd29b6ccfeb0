import type { InfrastructureSecrets, ToldOutputs } from "../../components/infrastructure";
import { TOLD } from "./in-cluster";

/** What the storage driver is told: its password, and the authority that it tells vCenter by; undefined where the file has no such driver. */
export function toldBy(secrets: InfrastructureSecrets["cloud"] = {}): ToldOutputs | undefined {
  const { "storageDriver.password": password, "storageDriver.ca": ca } = secrets;
  if (password === undefined) return undefined;
  return { ids: {}, secrets: { [TOLD.password]: password, ...(ca && { [TOLD.ca]: ca }) } };
}

import type { Properties } from "../../plugin/rpc/provider";
import { gcpLimits } from "../../providers/gcp/names";
import { ApiError } from "../cloud/cloud";
import { isMap, maps, text, texts } from "../values";

/** Kinds whose name is not one of Compute Engine's. */
const OTHERS: readonly string[] = ["account", "role", "projectMember", "accountMember", "member", "attachment"];

/** Refuses what a service's API refuses before it looks at anything else: names, labels and descriptions beyond its limits. */
export function refuseBeyondLimits(kind: string, inputs: Properties): void {
  const name = text(inputs, "name");
  if (!OTHERS.includes(kind) && !/^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(name))
    throw invalid("name", name, "Must be a match of regex '[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?'");
  if (text(inputs, "description").length > gcpLimits.description)
    throw invalid("description", name, `must be no more than ${gcpLimits.description} characters`);
  const account = text(inputs, "accountId");
  if (kind === "account" && !/^[a-z](?:[-a-z0-9]{4,28}[a-z0-9])$/.test(account))
    throw invalid("accountId", account, "Must be from 6 to 30 characters and match [a-z]([-a-z0-9]*[a-z0-9])");
  const role = text(inputs, "roleId");
  if (kind === "role" && !/^[a-zA-Z0-9_.]{3,64}$/.test(role)) throw invalid("role_id", role, 'must match "^[a-zA-Z0-9_\\.]{3,64}$"');
  refuseLabels(inputs);
  if (kind === "firewall") refuseSides(inputs);
}

function refuseLabels(inputs: Properties): void {
  const labels = isMap(inputs.labels) ? inputs.labels : {};
  if (Object.keys(labels).length > gcpLimits.label.items)
    throw invalid("labels", "", `at most ${gcpLimits.label.items} labels are allowed`);
  for (const [key, value] of Object.entries(labels)) {
    if (!/^[a-z][a-z0-9_-]{0,62}$/.test(key))
      throw invalid("labels", key, "Label keys must match '[\\p{Ll}\\p{Lo}][\\p{Ll}\\p{Lo}\\p{N}_-]{0,62}'");
    if (typeof value !== "string" || !/^[a-z0-9_-]{0,63}$/.test(value))
      throw invalid("labels", String(value), "Label values must match '[\\p{Ll}\\p{Lo}\\p{N}_-]{0,63}'");
  }
}

/** A rule is of one direction, and names what that has: accounts are known where packets come from, and not where they go. */
function refuseSides(inputs: Properties): void {
  const out = text(inputs, "direction") === "EGRESS";
  const sources = [...texts(inputs, "sourceRanges"), ...texts(inputs, "sourceServiceAccounts"), ...texts(inputs, "sourceTags")];
  const targets = texts(inputs, "destinationRanges");
  if (out && sources.length > 0) throw invalid("sourceRanges", sources[0] ?? "", "Egress rules cannot have sources");
  if (out && targets.length === 0) throw invalid("destinationRanges", "", "Egress rules must have destination ranges");
  if (!out && sources.length === 0)
    throw invalid("sourceRanges", "", "at least one of source ranges, tags or service accounts is required");
  for (const side of ["sourceServiceAccounts", "targetServiceAccounts"])
    if (texts(inputs, side).length > gcpLimits.rule.accounts)
      throw invalid(side, "", `at most ${gcpLimits.rule.accounts} service accounts are allowed`);
  if (texts(inputs, "targetTags").length > 0 && texts(inputs, "targetServiceAccounts").length > 0)
    throw invalid("targetServiceAccounts", "", "cannot be used with target tags");
  const ways = [...maps(inputs, "allows"), ...maps(inputs, "denies")];
  if (ways.length === 0) throw invalid("allowed", "", "one of allow or deny must be given");
  for (const way of ways) {
    const protocol = text(way, "protocol");
    if (!/^(tcp|udp|icmp|esp|ah|ipip|sctp|all|\d{1,3})$/.test(protocol)) throw invalid("allowed.IPProtocol", protocol, "Unknown protocol");
    for (const port of texts(way, "ports")) {
      if (!["tcp", "udp", "sctp"].includes(protocol)) throw invalid("allowed.ports", port, `no ports may be given with ${protocol}`);
      const [first, last] = port.split("-").map(Number);
      if (first === undefined || !/^\d+(-\d+)?$/.test(port) || (last ?? first) < first || (last ?? first) > 65_535)
        throw invalid("allowed.ports", port, "Invalid port range");
    }
  }
}

function invalid(field: string, value: string, why: string): ApiError {
  return new ApiError("Error 400", `Invalid value for field 'resource.${field}': '${value}'. ${why}., invalid`);
}

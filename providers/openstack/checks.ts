import type { Environment } from "../../model/environment/types";
import type { Findings } from "../../model/problems";
import { openstackLimits, openstackTags, ownMetadata } from "./names";

/** What of the environment's labels the cloud cannot keep; keys and values it does not take are rewritten (`names.ts`). */
export function checkLabels({ labels }: Environment, findings: Findings): void {
  const keys = Object.keys(labels);
  for (const key of keys.filter((each) => ownMetadata.includes(each)))
    findings.error(`labels.${key}`, "is set by the plan", "take it out", labels[key]);
  const most = openstackLimits.tag.items - 1;
  if (keys.length > most)
    findings.error(
      "labels",
      `${keys.length} labels are more than OpenStack keeps: an object has at most ${openstackLimits.tag.items} tags, and one is the environment's name`,
      `leave ${most} or fewer`,
    );
  const seen = new Map<string, string>();
  for (const key of keys) {
    const [tag = ""] = openstackTags({ [key]: labels[key] ?? "" });
    const other = seen.get(tag.toLowerCase());
    if (other === undefined) seen.set(tag.toLowerCase(), key);
    else
      findings.error(
        `labels.${key}`,
        `differs from ${other} in capitals only: OpenStack keeps one tag for both`,
        "take one of the two out",
      );
  }
}

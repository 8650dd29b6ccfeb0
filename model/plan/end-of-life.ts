import dates from "../../catalog/end-of-life.json";
import { kubernetesVersions, minorOf } from "../cluster/releases";
import type { Finding } from "../problems";
import { partsAgainst } from "./part-versions";
import type { EnvironmentPlan } from "./types";

const kubernetesDates: Readonly<Record<string, string>> = dates.kubernetes;
const serviceDates: Readonly<Record<string, string>> = dates.services;

/** Said of every such part, and of nothing else. */
const SAID = " is past its end of life since ";

const later = "plan the move to a release that its project still mends";

/** The newest Kubernetes that a kubespray tag installs, its project still mends, and the plan's parts of the cloud's own are for. */
function maintainedInstead(plan: EnvironmentPlan, today: string): string {
  const mended = kubernetesVersions.filter((each) => today < (kubernetesDates[minorOf(each)] ?? ""));
  const version = mended.find((each) => partsAgainst(plan, minorOf(each)).length === 0);
  const [newest] = mended;
  if (newest !== undefined && version === undefined)
    return `${later}: what is still mended, ${newest} the newest, ${partsAgainst(plan, minorOf(newest)).join(" and ")} is not for`;
  if (version === undefined) return later;
  return `set cluster.kubernetes to "${version}", which is mended until ${kubernetesDates[minorOf(version)]}; \`kpaas cluster upgrade ENV --to ${version}\` shows the way there`;
}

/** Warnings for every part of the plan whose project no longer mends it. `today` is an ISO date. */
export function endOfLife(plan: EnvironmentPlan, today: string): Finding[] {
  const minor = minorOf(plan.cluster.kubernetes);
  const parts = [
    {
      path: "cluster.kubernetes",
      what: `Kubernetes ${minor}`,
      value: plan.cluster.kubernetes,
      date: kubernetesDates[minor],
      remedy: maintainedInstead(plan, today),
    },
    // A service's version follows from the release: it is the value of no field.
    ...plan.services.map((service) => ({
      path: service.name === "ingress" ? "platform.ingress.kind" : `platform.services.${service.name}`,
      what: `${service.chart?.name ?? service.name} ${service.version}`,
      value: undefined,
      date: serviceDates[service.name],
      remedy: undefined,
    })),
  ];
  return parts.flatMap(({ path, what, value, date, remedy }): Finding[] =>
    date === undefined || today < date
      ? []
      : [
          {
            path,
            ...(value === undefined ? {} : { value }),
            reason: `${what}${SAID}${date}`,
            remedy: remedy ?? later,
            severity: "warning",
          },
        ],
  );
}

/** Whether a problem says that a part is past its end of life. */
export function saysEndOfLife({ severity, reason }: Pick<Finding, "severity" | "reason">): boolean {
  return severity === "warning" && reason.includes(SAID);
}

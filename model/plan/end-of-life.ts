import dates from "../../catalog/end-of-life.json";
import type { Finding } from "../problems";
import type { EnvironmentPlan } from "./types";

const kubernetesDates: Readonly<Record<string, string>> = dates.kubernetes;
const serviceDates: Readonly<Record<string, string>> = dates.services;

/** Warnings for every part of the plan whose project no longer mends it. `today` is an ISO date. */
export function endOfLife(plan: EnvironmentPlan, today: string): Finding[] {
  const minor = plan.cluster.kubernetes.split(".").slice(0, 2).join(".");
  const parts = [
    { path: "cluster.kubernetes", what: `Kubernetes ${minor}`, value: plan.cluster.kubernetes, date: kubernetesDates[minor] },
    // A service's version follows from the release: it is the value of no field.
    ...plan.services.map((service) => ({
      path: service.name === "ingress" ? "platform.ingress.kind" : `platform.services.${service.name}`,
      what: `${service.chart?.name ?? service.name} ${service.version}`,
      value: undefined,
      date: serviceDates[service.name],
    })),
  ];
  return parts.flatMap(({ path, what, value, date }): Finding[] =>
    date === undefined || today < date
      ? []
      : [
          {
            path,
            ...(value === undefined ? {} : { value }),
            reason: `${what} is past its end of life since ${date}`,
            remedy: "plan the move to a release that its project still mends",
            severity: "warning",
          },
        ],
  );
}

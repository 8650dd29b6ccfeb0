import type { networking } from "@pulumi/kubernetes/types/input";
import type { Labels } from "../../model/plan/infrastructure-types";
import type { EnvironmentPlan, ServicePlan } from "../../model/plan/types";
import { offererOf } from "../../model/registry";
import type { ScrapeClaim, ScrapeTarget } from "./grants";
import { fromNamespace } from "./objects";

/** Labels of the pods that measure the others. */
export const SCRAPER: Labels = { "app.kubernetes.io/name": "prometheus" };

/** What of a service is measured, by name; nothing where nobody does. */
export function scrapeTargets({ needs = {} }: Pick<ServicePlan, "needs">): Readonly<Record<string, ScrapeTarget>> {
  return (needs.scrape as ScrapeClaim | undefined)?.targets ?? {};
}

/** The namespaces of services and tenants whose pods are in the mesh. */
export function meshed({ services, tenants = [] }: Pick<EnvironmentPlan, "services" | "tenants">): string[] {
  return [
    ...services.filter(({ needs = {} }) => needs.mesh !== undefined).map(({ namespace }) => namespace),
    ...tenants.filter(({ mesh }) => mesh !== undefined).map(({ name }) => name),
  ];
}

/** Whoever measures the services; undefined where nobody does. */
export function scraperOf(services: readonly ServicePlan[]): networking.v1.NetworkPolicyPeer | undefined {
  const namespace = offererOf("scrape", services)?.namespace;
  return namespace === undefined ? undefined : podsOf(namespace, SCRAPER);
}

/** Some pods of another namespace. */
export function podsOf(namespace: string, matchLabels: Labels): networking.v1.NetworkPolicyPeer {
  return { ...fromNamespace(namespace), podSelector: { matchLabels } };
}

import assert from "node:assert/strict";
import { PROXY_METRICS_PORT } from "../../../components/platform/mesh";
import type { EnvironmentPlan, ServicePlan } from "../../../model/plan/types";
import type { ServiceDefinition } from "../../../model/service";
import type { Graph } from "../../../testing/graph";
import { WITHOUT_IMAGES } from "./allowed";
import {
  acmePlan,
  allServices,
  CANARY,
  cephPlan,
  cloudPlans,
  everyServicePlan,
  highAvailabilityPlan,
  placedPlan,
  platformGraph,
  replicated,
  traefikPlan,
} from "./fixtures";
import { opened, RULES, unasked } from "./service-rules";
import { Subject } from "./subject";

const plan = everyServicePlan();

/** Every environment the rules are held against. */
const environments: Readonly<Record<string, EnvironmentPlan>> = {
  "one replica each": plan,
  "what the high-availability profile has": highAvailabilityPlan(),
  "three replicas": replicated({ ...plan, cluster: { ...plan.cluster, variables: { kubelet_rotate_server_certificates: true } } }),
  "a certificate for each host": acmePlan(),
  "certain nodes": placedPlan(),
  "Traefik in ingress-nginx's place": traefikPlan(),
  "three of Traefik, and ingress-nginx beside it": replicated(traefikPlan("1.7.0", { beside: "nginx" })),
  "Traefik beside ingress-nginx": traefikPlan("1.7.0", { kind: "nginx", beside: "traefik" }),
  "Ceph on disks of its own machines": cephPlan(),
  "Ceph whose drivers have a chart of their own": cephPlan("1.7.0+maintained"),
  ...Object.fromEntries(Object.entries(cloudPlans()).map(([cloud, each]) => [`what ${cloud} has of its own`, each])),
};

const seen = new Set<string>();

for (const [title, environment] of Object.entries(environments)) {
  describe(`every service, with ${title},`, () => {
    let graph: Graph;
    let subjects: readonly Subject[];
    const mirrored = { ...environment, services: environment.services.map(mirror) };
    before(async () => {
      graph = await platformGraph(mirrored);
      subjects = mirrored.services.map((service) => new Subject(graph, service));
    });

    for (const [what, rule] of Object.entries(RULES))
      it(what, () => {
        for (const subject of subjects) rule(subject, mirrored);
      });

    it("shows nobody what it was told in secret, nor what was generated", () => {
      const generated = graph.resources.filter(({ type }) => type === "random:index/randomPassword:RandomPassword");
      assert.ok(generated.length > 0);
      assert.deepEqual(
        [CANARY, ...generated.map(({ name }) => `generated-${name}`)].flatMap((each) => graph.leaks(each)),
        [],
      );
    });

    it("grants every kind that it offers", () => {
      for (const { offers = [], grants = {} } of Object.values(allServices))
        assert.deepEqual(Object.keys(grants).sort(), [...offers].sort());
    });

    it("is among those that were looked at", () => {
      for (const { service, objects } of subjects) {
        assert.ok(objects.length > 0, service.name);
        seen.add(service.name);
      }
      const others = graph.resources.filter(({ type }) => type.startsWith("kubernetes:")).length;
      const theirs = subjects.reduce((sum, { objects }) => sum + objects.length, 0);
      assert.equal(theirs, others);
    });
  });
}

describe("every service", () => {
  it("is in one of the environments that are looked at", () => {
    assert.deepEqual([...seen].sort(), Object.keys(allServices).sort());
  });

  it("says nothing of ports that are open in none of them", () => {
    const said = Object.values<ServiceDefinition>(allServices).flatMap(({ name, speaks = {}, enlistedFor = [] }) =>
      // Whom a file alone has in the mesh has its proxies measured there: sourceControl is, of the three that can be.
      Object.keys(speaks).flatMap((port) =>
        enlistedFor.includes("mesh") && port === String(PROXY_METRICS_PORT) ? [] : [`${name} ${port}`],
      ),
    );
    assert.deepEqual(
      said.filter((each) => !opened.has(each) && !WITHOUT_IMAGES.includes(each)),
      [],
    );
  });

  it("gives no reason of a workload that there is in none of them, or that is measured", () => {
    const said = Object.values<ServiceDefinition>(allServices).flatMap(({ name, unscraped = {} }) =>
      typeof unscraped === "string" ? [] : Object.keys(unscraped).map((workload) => `${name} ${workload}`),
    );
    assert.deepEqual(
      said.filter((each) => !unasked.has(each)),
      [],
    );
  });
});

/** A service whose images come from a registry inside. */
function mirror(service: ServicePlan): ServicePlan {
  const images = Object.entries(service.images).map(([role, image]) => [role, `registry.intra:5000/${image}`]);
  return { ...service, images: Object.fromEntries(images) };
}

import { allocate, reachedBy } from "./addresses";
import type { Observed } from "./api";
import { certificates } from "./certificates";
import { claimReason } from "./pods";
import { annotationsOf, at, type Fields, fields, type KubeObject, list, nameOf, namespaceOf, text } from "./values";
import { type Controllers, daemonSet, deployment, type Finding, job, pod, readyPods, statefulSet } from "./workloads";

/** Lets the object's controller work once: writes its status and says whether it is ready. Kinds without a controller are ready at once. */
export function observe(object: KubeObject, controllers: Controllers): Observed {
  const controller = CONTROLLERS[`${object.apiVersion}/${object.kind}`];
  if (controller === undefined) return { object, reasons: [] };
  const { status, reasons } = controller(object, controllers);
  return { object: controllers.api.setStatus(object, { ...fields(object.status), ...status }), reasons };
}

const CONTROLLERS: Readonly<Record<string, (object: KubeObject, controllers: Controllers) => Finding>> = {
  "apps/v1/Deployment": deployment,
  "apps/v1/ReplicaSet": deployment,
  "apps/v1/StatefulSet": statefulSet,
  "apps/v1/DaemonSet": daemonSet,
  "batch/v1/Job": job,
  "v1/Pod": pod,
  "v1/Service": service,
  "v1/PersistentVolumeClaim": claim,
  "networking.k8s.io/v1/Ingress": ingress,
  "apiextensions.k8s.io/v1/CustomResourceDefinition": () => ({
    status: {
      conditions: [
        { type: "NamesAccepted", status: "True" },
        { type: "Established", status: "True" },
      ],
    },
    reasons: [],
  }),
  ...certificates,
};

/** Why a Service that nobody answers for is not ready. Helm does not look at that (`ReadyChecker.serviceReady` of Helm 3.18): its pods may be made by an operator later. */
export const NO_PODS = "Service does not target any Pods.";

function service(object: KubeObject, controllers: Controllers): Finding {
  const spec = fields(object.spec);
  const selector = fields(spec.selector);
  const reasons: string[] = [];
  const direct = spec.type === "ExternalName" || spec.clusterIP === "None" || Object.keys(selector).length === 0;
  if (!direct && readyPods(selector, namespaceOf(object), controllers) === 0) {
    reasons.push(`${NO_PODS} Selected Pods may not be ready, or field '.spec.selector' may not match labels on any Pods`);
  }
  if (spec.type !== "LoadBalancer") return { status: { loadBalancer: {} }, reasons };
  const { api, parts } = controllers;
  const allocation = parts?.allocate(object, api.objects) ?? allocate(object, api.objects);
  if ("address" in allocation) return { status: { loadBalancer: { ingress: [reachedBy(allocation.address)] } }, reasons };
  reasons.push("Service was not allocated an IP address; does your cloud provider support this?", allocation.reason);
  return { status: { loadBalancer: {} }, reasons };
}

function claim(object: KubeObject, { api, parts }: Controllers): Finding {
  const reason = claimReason(object, api.objects) ?? parts?.provision(object, api.objects);
  if (reason !== undefined) {
    return {
      status: { phase: "Pending" },
      reasons: [`PersistentVolumeClaim: [${nameOf(object)}] is not ready. status.phase currently at: Pending: ${reason}`],
    };
  }
  const status = {
    phase: "Bound",
    accessModes: at(object, "spec.accessModes"),
    capacity: { storage: at(object, "spec.resources.requests.storage") },
  };
  return { status, reasons: [] };
}

const DEFAULT_CLASS = "ingressclass.kubernetes.io/is-default-class";

/** The name of the class an Ingress has, or would be given. */
export function ingressClass(object: Fields, classes: readonly KubeObject[]): { readonly name?: string; readonly found?: KubeObject } {
  const name = text(at(object, "spec.ingressClassName")) ?? text(annotationsOf(object)["kubernetes.io/ingress.class"]);
  const found = classes.find((one) => (name === undefined ? annotationsOf(one)[DEFAULT_CLASS] === "true" : nameOf(one) === name));
  return { ...(name === undefined ? {} : { name }), ...(found === undefined ? {} : { found }) };
}

function ingress(object: KubeObject, controllers: Controllers): Finding {
  const missing = backends(object).filter(({ service: name }) => {
    const target = controllers.api.objects.get("v1", "Service", namespaceOf(object), name);
    return (
      target === undefined ||
      (target.spec !== undefined && service(target, controllers).reasons.some((reason) => reason.startsWith("Service does not target")))
    );
  });
  const reasons = missing.map(({ path, service: name }) => `No matching service found for ingress rule: "${path}" -> "${name}"`);
  if (reasons.length > 0) reasons.unshift("Ingress has at least one rule with an unavailable target endpoint.");
  const { found } = ingressClass(object, controllers.api.list("networking.k8s.io/v1/IngressClass"));
  // Without its class nobody serves it: the provider warns, nothing is waited for.
  if (found === undefined) return { status: { loadBalancer: {} }, reasons };
  const address = controllerAddress(found, controllers.api.list("v1/Service"));
  if (address !== undefined) return { status: { loadBalancer: { ingress: [{ ip: address }] } }, reasons };
  reasons.push("Ingress .status.loadBalancer field was not updated with a hostname/IP address.");
  return { status: { loadBalancer: {} }, reasons };
}

function backends(object: KubeObject): { readonly path: string; readonly service: string }[] {
  return list(at(object, "spec.rules")).flatMap((rule) =>
    list(at(rule, "http.paths")).flatMap((path) => {
      const name = text(at(path, "backend.service.name"));
      return name === undefined ? [] : [{ path: `${text(fields(rule).host) ?? ""}${text(fields(path).path) ?? ""}`, service: name }];
    }),
  );
}

/** The address of the load balancer that the class's own release, or else anybody, put before an ingress controller. */
export function controllerAddress(ingressClassObject: KubeObject, services: readonly KubeObject[]): string | undefined {
  const release = annotationsOf(ingressClassObject)["meta.helm.sh/release-name"];
  for (const candidate of services) {
    if (release !== undefined && annotationsOf(candidate)["meta.helm.sh/release-name"] !== release) continue;
    const ip = text(fields(list(at(candidate, "status.loadBalancer.ingress"))[0]).ip);
    if (ip !== undefined) return ip;
    const cluster = text(at(candidate, "spec.clusterIP"));
    if (at(candidate, "spec.type") === "NodePort" && cluster !== undefined) return cluster;
  }
  return undefined;
}

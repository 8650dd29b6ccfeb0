import { at, type Fields, fields, list } from "./data";

/** A level of the Pod Security Standards that forbids something. */
export type EnforcedLevel = "baseline" | "restricted";

const BASELINE_CAPABILITIES = [
  "AUDIT_WRITE",
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "MKNOD",
  "NET_BIND_SERVICE",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_CHROOT",
];
const RESTRICTED_VOLUMES = [
  "name",
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

/** What a Pod Security Standard has against a pod's spec, in the words of Kubernetes' admission; undefined when nothing. */
export function podSecurityProblem(spec: Fields, level: EnforcedLevel): string | undefined {
  const found = [...baseline(spec), ...(level === "restricted" ? restricted(spec) : [])];
  return found.length === 0 ? undefined : `violates PodSecurity "${level}:latest": ${found.join(", ")}`;
}

function containersOf(spec: Fields): Fields[] {
  return [...list(spec.initContainers), ...list(spec.containers)].map(fields);
}

function named(containers: readonly Fields[]): string {
  return containers.map((container) => `"${String(container.name)}"`).join(", ");
}

function baseline(spec: Fields): string[] {
  const containers = containersOf(spec);
  const found: string[] = [];
  const shared = ["hostNetwork", "hostPID", "hostIPC"].filter((key) => spec[key] === true);
  if (shared.length > 0) found.push(`host namespaces (${shared.map((key) => `${key}=true`).join(", ")})`);
  const privileged = containers.filter((container) => at(container, "securityContext.privileged") === true);
  if (privileged.length > 0) found.push(`privileged (container ${named(privileged)} must not set securityContext.privileged=true)`);
  const capable = containers.filter((container) =>
    list(at(container, "securityContext.capabilities.add")).some((capability) => !BASELINE_CAPABILITIES.includes(String(capability))),
  );
  if (capable.length > 0) found.push(`non-default capabilities (container ${named(capable)})`);
  const paths = list(spec.volumes)
    .map(fields)
    .filter((volume) => volume.hostPath !== undefined);
  if (paths.length > 0) found.push(`hostPath volumes (volume ${named(paths)})`);
  const ports = containers.filter((container) => list(container.ports).some((port) => Number(fields(port).hostPort ?? 0) > 0));
  if (ports.length > 0) found.push(`hostPort (container ${named(ports)})`);
  return found;
}

function restricted(spec: Fields): string[] {
  const containers = containersOf(spec);
  const pod = fields(spec.securityContext);
  const found: string[] = [];
  const failing = (rule: string, holds: (security: Fields) => boolean): void => {
    const wrong = containers.filter((container) => !holds(fields(container.securityContext)));
    if (wrong.length > 0) found.push(`${rule} (container ${named(wrong)})`);
  };
  failing("allowPrivilegeEscalation != false", (security) => security.allowPrivilegeEscalation === false);
  failing("unrestricted capabilities", (security) => list(at(security, "capabilities.drop")).includes("ALL"));
  failing("runAsNonRoot != true", (security) => (security.runAsNonRoot ?? pod.runAsNonRoot) === true);
  failing("seccompProfile", (security) => {
    const type = at(security, "seccompProfile.type") ?? at(pod, "seccompProfile.type");
    return type === "RuntimeDefault" || type === "Localhost";
  });
  const volumes = list(spec.volumes)
    .map(fields)
    .filter((volume) => Object.keys(volume).some((key) => !RESTRICTED_VOLUMES.includes(key)));
  if (volumes.length > 0) found.push(`restricted volume types (volume ${named(volumes)})`);
  return found;
}

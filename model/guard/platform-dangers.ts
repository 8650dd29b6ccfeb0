import { reachesBeyond } from "../plan/floating";
import { ingressPorts } from "../plan/platform";
import type { EnvironmentPlan } from "../plan/types";
import { offererOf } from "../registry";
import type { Applied } from "./applied";
import { cephDangers } from "./ceph-dangers";
import { type Danger, never } from "./danger";
import { ingressDangers } from "./ingress-dangers";
import { releaseDangers } from "./release";

/** What the change of the platform would cost those who use it. */
export function platformDangers(applied: Applied, wanted: Applied, plan: EnvironmentPlan): Danger[] {
  const dangers: Danger[] = releaseDangers(applied, plan);
  const approvable = (action: Danger["action"], path: string, reason: string, remedy: string, value: unknown): void => {
    dangers.push({ key: "environment", action, path, reason, remedy, value });
  };
  if (applied.storage !== wanted.storage) {
    dangers.push(
      never(
        "platform.storage",
        `the volumes in use stay where they are (${applied.storage} → ${wanted.storage})`,
        "set it back, or create a new environment and move the data",
      ),
    );
  }
  if (applied.loadBalancer !== wanted.loadBalancer) {
    // Where machines answer for no address but their own, there never was MetalLB.
    const led = [applied, wanted].some(({ flows = [] }) => flows.some(isProbed));
    const other = led ? "the infrastructure's" : "metallb";
    const [was = other, becomes = other] = [applied.loadBalancer, wanted.loadBalancer];
    dangers.push(
      never(
        led ? "platform.loadBalancer.services" : "platform.loadBalancer.kind",
        `Services that stand have their addresses of who gave them (${was} → ${becomes}), and two would answer for one address in between`,
        led
          ? "set it back, or create a new environment beside this one"
          : `set it back to ${was}, or create a new environment beside this one`,
        led ? becomes === "cloud" : becomes,
      ),
    );
  }
  if (applied.ingressAddress !== wanted.ingressAddress) {
    const [was, becomes] = [applied.ingressAddress, wanted.ingressAddress];
    approvable(
      "move-ingress",
      "platform.ingress.address",
      `the platform's URLs move from ${was} to ${becomes}`,
      `set the address back to ${was}`,
      becomes,
    );
  }
  dangers.push(...ingressDangers(applied, wanted, plan));
  dangers.push(...domainDangers(applied, wanted, plan));
  if (applied.protectData && !wanted.protectData) {
    approvable("unprotect", "protect", "the data volumes lose their protection against deletion", "set it back to data", "none");
  }
  dangers.push(
    ...dataDangers(applied, wanted),
    ...heldDangers(applied, plan),
    ...begunDangers(applied, plan),
    ...quorumDangers(applied, wanted),
    ...replicationDangers(applied, plan),
    ...cephDangers(applied, wanted, plan.counted),
    ...tenantDangers(applied, plan),
    ...extraDangers(applied, wanted),
  );
  return dangers;
}

/** Addresses, issuer and authority that browsers, clients and users know. */
function domainDangers(applied: Applied, wanted: Applied, plan: EnvironmentPlan): Danger[] {
  const dangers: Danger[] = [];
  const asks = (action: Danger["action"], path: string, reason: string, remedy: string, value?: unknown): void => {
    dangers.push({ key: "environment", action, path, reason, remedy, ...(value === undefined ? {} : { value }) });
  };
  const moved = applied.domain !== undefined && applied.domain !== wanted.domain;
  const outside = addressDangers(applied, wanted, plan);
  dangers.push(...outside);
  const follows =
    (applied.ingressAddress !== wanted.ingressAddress || outside.some(({ path }) => path === OUTSIDE.ingress.path)) &&
    [applied.domain, wanted.domain].every((each) => /^[\d.]+\.nip\.io$/.test(each ?? ""));
  if (moved && !follows) {
    const authority = wanted.tls === "selfSigned" ? " and the authority of its certificates" : "";
    asks(
      "move-domain",
      "platform.domain",
      `the platform's URLs, the issuer of its log-ins${authority} move from ${applied.domain} to ${wanted.domain}`,
      `set the domain back to ${applied.domain}`,
      wanted.domain,
    );
  }
  if (applied.tls !== undefined && applied.tls !== wanted.tls) {
    asks(
      "change-authority",
      "platform.tls.kind",
      `whoever trusts the platform's certificates must trust those of another authority (${applied.tls} → ${wanted.tls})`,
      `set it back to ${applied.tls}`,
      wanted.tls,
    );
  } else if (wanted.tls === "selfSigned") dangers.push(...signerDangers(applied, wanted));
  return dangers;
}

/** Another authority is trusted before it signs, and the one before it for as long as something that it signed is about. */
function signerDangers({ authorities: was = [1] }: Applied, { authorities: becomes = [1] }: Applied): Danger[] {
  const [signed = 1] = was;
  const [signs = 1] = becomes;
  const tooEarly = !was.includes(signs);
  if (!tooEarly && becomes.includes(signed)) return [];
  const [reason, first] = tooEarly
    ? [`authority ${signs} would sign before anybody trusts it`, [signed, signs]]
    : [`nobody would trust what authority ${signed} has signed, and some of it is still about`, [signs, signed]];
  return [
    {
      key: "environment",
      action: "change-authority",
      path: "platform.tls.authorities",
      reason,
      remedy: `bring up [${first.join(", ")}] first`,
    },
  ];
}

/** The data of services that are no longer wanted. Of what earlier versions applied it is known only that there were databases. */
function dataDangers({ claims, caches = [], databases }: Applied, wanted: Applied): Danger[] {
  const dropped = Object.keys(claims).filter((name) => !(name in wanted.claims) && !caches.includes(name));
  const unnamed = databases && !wanted.databases && dropped.length === 0;
  return [
    ...dropped.map((name) => [`platform.services.${name}`, name] as const),
    ...(unnamed ? [["platform.services", "it"] as const] : []),
  ].map(([path, name]) => ({
    key: "environment",
    action: "drop-database",
    path,
    reason: `${name === "it" ? "the databases of the platform" : `the data of ${name}`} would be deleted`,
    remedy: `leave ${name} on`,
    value: false,
  }));
}

/** What in services holds data of its own and is no longer wanted, where the service is. */
function heldDangers({ held = {} }: Applied, plan: EnvironmentPlan): Danger[] {
  return plan.services.flatMap(({ name, holds }) => {
    if (holds === undefined) return [];
    const dropped = (held[holds.path] ?? []).filter((each) => !holds.names.includes(each));
    return dropped.map((each) => ({
      key: "environment",
      action: "drop-data",
      path: holds.path,
      reason: `${each} would be deleted from ${name}, with everything in it`,
      remedy: "leave it in the file; or bring the environment up with retain: [volumes] first, which leaves it as it is",
      value: each,
    }));
  });
}

/** What a service has left behind when it went, and would find again now. */
function begunDangers({ begun = {}, place }: Applied, plan: EnvironmentPlan): Danger[] {
  return plan.services.flatMap(({ name, leaves }) => {
    const names = leaves ? (begun[leaves.path]?.names ?? []) : [];
    if (!leaves || leaves.path in place || !names.includes(leaves.name)) return [];
    const keeper = offererOf(leaves.kind, plan.services)?.name ?? leaves.kind;
    const reason = `${name} was switched off and has left ${leaves.name} in ${keeper}, which lets nobody in any more but by secrets that have gone with it`;
    const next = Array.from({ length: names.length + 2 }, (_, index) => `${name}${index + 2}`).find((each) => !names.includes(each));
    return [
      never(leaves.path, reason, `write ${leaves.path}: ${next}, where it begins anew; what it has left stays beside that`, leaves.name),
    ];
  });
}

/** The namespaces of tenants that are no longer wanted. */
function tenantDangers({ tenants = [] }: Applied, plan: EnvironmentPlan): Danger[] {
  const dropped = tenants.filter((name) => !plan.tenants?.some((each) => each.name === name));
  return dropped.map((name) => ({
    key: "environment",
    action: "drop-tenant",
    path: `platform.tenants.${name}`,
    reason: `the namespace ${name} would be deleted, and everything in it with its volumes`,
    remedy: "leave it in the file; or bring the environment up with retain: [volumes] first, which leaves the namespace as it is",
  }));
}

/** Releases and claims of the user's own that are no longer wanted. */
function extraDangers({ extra: before }: Applied, { extra = { releases: [], claims: [] } }: Applied): Danger[] {
  const gone = (kind: "releases" | "claims"): string[] => (before?.[kind] ?? []).filter((each) => !extra[kind].includes(each));
  const drop = (path: string, reason: string, value: string): Danger => ({
    ...{ key: "environment", action: "drop-extra", path, reason, value },
    remedy: "leave it in the file, or move its data away first",
  });
  return [
    ...gone("releases").map((name) =>
      drop(`platform.extra.releases.${name}`, `the release ${name} would be uninstalled, with the volumes that its chart made`, name),
    ),
    ...gone("claims").map((claim) => drop("platform.extra.manifests", `the volume claim ${claim} would be deleted with its data`, claim)),
  ];
}

/** Members that go without a word leave too few to agree, and the service stands still. */
function quorumDangers({ members: before = {} }: Applied, { members = {} }: Applied): Danger[] {
  return Object.entries(members).flatMap(([name, becomes]) => {
    const was = before[name];
    if (was === undefined || becomes >= was) return [];
    const reason = `more than half of its ${was} members must agree, and those that go would still be counted (${was} → ${becomes})`;
    const remedy = `set it to ${was}, or move its data into a new environment by a backup`;
    return [never(`platform.services.${name}.replicas`, reason, remedy, becomes)];
  });
}

/** What one server keeps, several cannot take over as it is, nor the other way round. */
function replicationDangers({ replicated = {}, claims, databases }: Applied, plan: EnvironmentPlan): Danger[] {
  return plan.services.flatMap(({ name, severalBy, replicas, offers = [] }) => {
    // What earlier versions made was one server.
    const stood = claims[name] !== undefined || (databases && offers.includes("mysql"));
    const was = replicated[name] ?? (stood ? false : undefined);
    if (severalBy === undefined || was === undefined || was === replicas > 1) return [];
    const [from, to] = was ? ["several members", "one server"] : ["one server", "several members"];
    const reason = `the data of ${from} do not become those of ${to} by themselves`;
    const back = was ? "set it back to what it was" : "set it to 1";
    const remedy = `${back}; or back the databases up, switch ${name} off with what uses it, then on again with ${replicas}, and restore them`;
    return [never(`platform.services.${name}.replicas`, reason, remedy, replicas)];
  });
}

/** What is reached from outside, and the field that says whether it is. */
const OUTSIDE = {
  bastion: { what: "the bastion", path: "infrastructure.network.floating.bastion" },
  api: { what: "the Kubernetes API", path: "infrastructure.network.floating.api" },
  ingress: { what: "the ingress", path: "infrastructure.network.floating.ingress" },
} as const;

/** A floating address that was made is given back to the cloud, and nobody gets it again. */
function addressDangers(applied: Applied, wanted: Applied, plan: EnvironmentPlan): Danger[] {
  return (["bastion", "api", "ingress"] as const).flatMap((role): Danger[] => {
    const [was, becomes] = [applied.network.floating?.[role], wanted.network.floating?.[role]];
    const gone = role === "bastion" && wanted.machines.bastion === undefined;
    if (was === undefined || gone || (becomes && was.address === becomes.address)) return [];
    const { what, path } = OUTSIDE[role];
    const [from, to] = [was, becomes].map((each) => (each === undefined ? "none" : (each.address ?? "one that is made")));
    const reason = `${what} leaves the floating address it is reached at (${from} → ${to})`;
    const kept = was.address === undefined ? ", which then is given back to the cloud" : "";
    return [
      {
        key: "environment",
        action: "move-address",
        path: becomes === undefined ? closedBy(role, plan) : path,
        reason: `${reason}${kept}`,
        remedy: "leave it as it is, or have names and users led to the new address",
        ...(becomes?.address === undefined ? {} : { value: becomes.address }),
      },
    ];
  });
}

/** The field by which it has no floating address any more. Where somebody may still come, only `floating: none` takes it. */
function closedBy(role: keyof typeof OUTSIDE, { access, network }: EnvironmentPlan): string {
  const comes = role === "ingress" ? reachesBeyond(access.ingressCidrs, network.cidr) : access.adminCidrs.length > 0;
  if (role === "bastion" || comes) return "infrastructure.network.floating";
  return `infrastructure.access.${role === "ingress" ? "ingressCidrs" : "adminCidrs"}`;
}

/** Kubernetes lets a claim grow only where its class says so, and shrink never. */
export function claimDangers(applied: Applied, wanted: Applied, storage: EnvironmentPlan["platform"]["storage"]["kind"]): Danger[] {
  return Object.entries(wanted.claims).flatMap(([service, becomes]) => {
    const was = applied.claims[service];
    if (was === undefined || was === becomes || (storage !== "nfs" && becomes > was)) return [];
    const [reason, instead] =
      storage === "nfs"
        ? [
            "a volume on an NFS share has no size of its own and cannot be changed",
            "; it can fill the share, whose platform.storage.sizeGiB can grow",
          ]
        : ["a volume cannot shrink", ""];
    const path = `platform.services.${service}.size`;
    return [never(path, `${reason} (${was} → ${becomes} GiB)`, `set it back to ${was}${instead}`, becomes)];
  });
}

/** Whether a flow is what balancers of the infrastructure that lead to the ingress need: its own ports, or where they hand packets on, their probes alone. */
function isProbed({ to, ports }: { readonly to: string; readonly ports: readonly (string | number)[] }): boolean {
  return to === "worker" && (ports.includes(ingressPorts.http) || (ports.length === 1 && ports[0] === 80));
}

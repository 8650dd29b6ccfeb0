/*
 * One mistake is told once. Where a field could not be used, its default stands in for it, and what a check then finds
 * elsewhere may be wrong only because of that.
 */

type Consequences = readonly (readonly [cause: RegExp, effect: RegExp])[];

/** What is found at fields of the second kind follows from a mistake at fields of the first. */
const betweenFields: Consequences = [
  [/^infrastructure(\.zones\b.*)?$/, /\.zone$/],
  // A host that could not be read is missing wherever it is named.
  [/^infrastructure(\.existing(\.hosts(\.[^.]+)?)?)?$/, /^(cluster\.(controlPlane|etcd|pools)|infrastructure\.existing\.(bastion|nfs))\b/],
  [/^cluster(\.(controlPlane|etcd|pools)\b.*)?$/, /^infrastructure\.existing\.hosts\.[^.]+$/],
  [/^infrastructure\.existing\.nfs$/, /^platform\.storage$/],
  [/^infrastructure(\.existing(\.(hosts(\.[^.]+)?|bastion))?)?$/, /^infrastructure\.access\.api$/],
  [/^infrastructure\.access(\.bastion)?$/, /^infrastructure\.access\.api$/],
  [/^infrastructure\.access(\.(adminCidrs|ingressCidrs)\b.*)?$/, /^platform\.tls$/],
  [/^(profile|infrastructure\.(access\b.*|network(\.cidr)?)|cluster\.network\b.*)$/, /^infrastructure\.network\.floating\b/],
  [/^(profile|infrastructure\.(access\b.*|network\.(floating\b.*|cidr)))$/, /^infrastructure\.network\.existing\.router$/],
  [
    /^cluster\.network\.(podCidr|serviceCidr)$/,
    /^(infrastructure\.(network\.dns|access\.(adminCidrs|ingressCidrs))|platform\.storage\.server)\b/,
  ],
  [/^profile$/, /^(cluster\.apiEndpoint|infrastructure\.access)\b/],
  [/^cluster\.network\.plugin$/, /^cluster\.network\.(encapsulation|nodePrefix|podCidr)$/],
  [/^cluster\.network\.podCidr$/, /^cluster\.network\.(serviceCidr|nodePrefix)$/],
  [/^cluster\.network\.nodePrefix$/, /^cluster\.variables\.kubelet_max_pods$/],
  [/^cluster\.controlPlane\b/, /^cluster\.apiEndpoint\b/],
  [/^cluster\.etcd\b/, /^cluster\.(etcd|controlPlane)\b/],
  [/^platform\.loadBalancer\b/, /^platform\.ingress\.address$/],
];

/** The same for what planning finds, which takes everything together. */
const inPlan: Consequences = [
  ...betweenFields,
  [/^(infrastructure\.(access\b.*|network\.(floating\b.*|cidr))|platform\.(ingress\.address|loadBalancer\b.*))$/, /^platform\.domain$/],
  [
    /(\.address|^infrastructure(\.network(\.cidr|\.gateway)?)?|^platform\.loadBalancer(\.range)?)$/,
    /(\.address|^infrastructure\.network\.(cidr|gateway)|^platform\.loadBalancer\.range|^cluster\.network\.(podCidr|serviceCidr))$/,
  ],
  [
    /^(cluster\.(controlPlane|pools|etcd)|infrastructure\.(access\.bastion|network\.cidr)|platform\.storage)\b/,
    /^(cluster\.(controlPlane|pools|etcd|apiEndpoint)|infrastructure\.access\.bastion|platform\.storage)\b/,
  ],
  // No field says what a host does but its place in the maps.
  [/^cluster\.(controlPlane|pools|etcd)\b/, /^infrastructure\.existing\.hosts\.[^.]+\.roles$/],
];

/** Whether what is found at `path` follows from a mistake at one of the `broken` fields: there, above, below, or where it counts. */
export function isConsequence(broken: readonly string[], path: string, stage: "check" | "plan"): boolean {
  const consequences = stage === "plan" ? inPlan : betweenFields;
  return broken.some(
    (each) =>
      each === "" ||
      each === path ||
      each.startsWith(`${path}.`) ||
      path.startsWith(`${each}.`) ||
      consequences.some(([cause, effect]) => cause.test(each) && effect.test(path)),
  );
}

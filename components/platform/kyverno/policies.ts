import type { KyvernoArgs, PolicyChoice } from "./args";

/** K-PaaS's own choice. */
export const BY_DEFAULT: Required<PolicyChoice> = {
  baseline: "audit",
  restricted: "audit",
  appArmor: "enforce",
  isolateNamespaces: true,
  joinNamespaces: true,
  alwaysPull: true,
};

/** A ClusterPolicy of Kyverno's: name and spec. */
export interface ClusterPolicy {
  readonly name: string;
  readonly spec: Readonly<Record<string, unknown>>;
}

type Surroundings = Pick<KyvernoArgs, "excluded" | "walled" | "podCidr" | "reaching">;
type Rule = Readonly<Record<string, unknown>>;

/** The policies that are on, by the names that K-PaaS gives its own. */
export function clusterPolicies(choice: PolicyChoice, where: Surroundings): ClusterPolicy[] {
  const { baseline, restricted, appArmor, isolateNamespaces, joinNamespaces, alwaysPull } = { ...BY_DEFAULT, ...choice };
  return [
    ...judging("pod-security-baseline", baseline, where, podSecurity("baseline")),
    ...judging("pod-security-restricted", restricted, where, podSecurity("restricted")),
    ...judging("restrict-apparmor-profiles", appArmor, where, ALLOWED_APPARMOR),
    ...(isolateNamespaces ? [isolation(where)] : []),
    ...(joinNamespaces ? [joining(where), parting(where)] : []),
    ...(alwaysPull ? [pulling(where)] : []),
  ];
}

/** Kubernetes' own checks of a Pod Security Standard, of which Kyverno names every control that a pod breaks. */
function podSecurity(level: "baseline" | "restricted"): Rule {
  return { message: `The Pod Security Standard ${level} is not kept.`, podSecurity: { level, version: "latest" } };
}

/** `=(key)`: if it is there, it must be so. Since Kubernetes 1.30 a profile is a field; before it was an annotation, which still counts. */
const APPARMOR_FIELD = { "=(securityContext)": { "=(appArmorProfile)": { "=(type)": "RuntimeDefault | Localhost" } } };
const ALLOWED_APPARMOR: Rule = {
  message: "AppArmor's profile must be the runtime's own (RuntimeDefault) or one of the node's (Localhost).",
  pattern: {
    "=(metadata)": { "=(annotations)": { "=(container.apparmor.security.beta.kubernetes.io/*)": "runtime/default | localhost/*" } },
    spec: {
      ...APPARMOR_FIELD,
      ...Object.fromEntries(["=(ephemeralContainers)", "=(initContainers)", "containers"].map((list) => [list, [APPARMOR_FIELD]])),
    },
  },
};

/** A policy that looks at pods. One that only reports must let pods start when nobody is there to look at them. */
function judging(name: string, judgement: PolicyChoice["baseline"], { excluded }: Surroundings, validate: Rule): ClusterPolicy[] {
  if (judgement === "off") return [];
  const enforced = judgement === "enforce";
  return [
    {
      name,
      spec: {
        background: true,
        webhookConfiguration: { failurePolicy: enforced ? "Fail" : "Ignore" },
        rules: [{ name, ...resources("Pod", excluded), validate: { ...validate, failureAction: enforced ? "Enforce" : "Audit" } }],
      },
    },
  ];
}

/** The walls of a new namespace. Without them it must not come to be: so it fails where nobody can make them. */
function isolation({ excluded, walled = [], podCidr, reaching }: Surroundings): ClusterPolicy {
  const none = [...excluded, ...walled];
  const peers = [MADE.name, "kube-system", ...reaching].map((name) => ({
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
  }));
  // What comes from outside the pods' network comes by a node or a balancer.
  const outside = { ipBlock: { cidr: "0.0.0.0/0", except: [podCidr] } };
  const wall = { podSelector: {}, policyTypes: ["Ingress"], ingress: [{ from: [...peers, outside] }] };
  const gate = {
    podSelector: { matchLabels: { "cp-role": "shared" } },
    policyTypes: ["Ingress"],
    ingress: [{ from: [{ ipBlock: { cidr: podCidr } }] }],
  };
  return {
    name: "cp-default-namespace-policy",
    spec: {
      background: false,
      webhookConfiguration: { failurePolicy: "Fail" },
      rules: [
        {
          name: "cp-default-namespace-rule",
          ...resources("Namespace", none),
          generate: generated("cp-default-namespace-policy", MADE.name, wall),
        },
        {
          name: "cp-default-pod-shared-rule",
          ...resources("Namespace", none),
          generate: generated("cp-default-pod-shared-policy", MADE.name, gate),
        },
      ],
    },
  };
}

/** Kyverno's variables for the object that is made, and for one that is deleted, which is no `object` any more. */
const MADE = { name: "{{ request.object.metadata.name }}", namespace: "{{ request.object.metadata.namespace }}" } as const;
const GONE = { name: "{{ request.oldObject.metadata.name }}", namespace: "{{ request.oldObject.metadata.namespace }}" } as const;

/**
 * A RoleBinding labels its namespace by its own name, and lets in the namespaces that bear that label. Only those of a cluster's administrators
 * count: whoever runs a namespace may make RoleBindings in it, and could name one after somebody else's.
 */
function joining({ excluded, walled = [] }: Surroundings): ClusterPolicy {
  const match = resources("RoleBinding", [...excluded, ...walled], { clusterRoles: ["cluster-admin"] });
  const door = {
    podSelector: {},
    policyTypes: ["Ingress"],
    ingress: [{ from: [{ namespaceSelector: { matchLabels: { [MADE.name]: "true" } } }] }],
  };
  return {
    name: "cp-add-rolebinding-policy",
    spec: {
      ...BY_REQUEST,
      rules: [
        { name: "cp-default-namespace-update-rule", ...match, mutate: labelled(MADE, "true") },
        { name: "cp-default-networkpolicy-create-rule", ...match, generate: generated(MADE.name, MADE.namespace, door) },
      ],
    },
  };
}

/** A RoleBinding that goes takes the label's meaning with it; its NetworkPolicy goes by itself. */
function parting({ excluded, walled = [] }: Surroundings): ClusterPolicy {
  const match = resources("RoleBinding", [...excluded, ...walled], {}, { operations: ["DELETE"] });
  const rule = { name: "cp-cleanup-network-policy-rule", ...match, mutate: labelled(GONE, "false") };
  return { name: "cp-cleanup-network-policy", spec: { ...BY_REQUEST, rules: [rule] } };
}

/** Who asks is known of a request only, not of what is there. A RoleBinding, and a namespace that goes, must not wait for Kyverno. */
const BY_REQUEST = { background: false, webhookConfiguration: { failurePolicy: "Ignore" } };

/** Every container's image is asked for anew. */
function pulling({ excluded }: Surroundings): ClusterPolicy {
  const always = [{ "(name)": "?*", imagePullPolicy: "Always" }];
  const spec = { containers: always, initContainers: always };
  const rules = Object.entries(spec).map(([list, value]) => ({
    name: list === "containers" ? "cp-always-pull-images-policy-rule" : "cp-always-pull-init-images-rule",
    ...resources("Pod", excluded),
    ...(list === "containers" ? {} : { preconditions: { all: [{ key: HAS_INIT, operator: "GreaterThan", value: 0 }] } }),
    mutate: { patchStrategicMerge: { spec: { [list]: value } } },
  }));
  return { name: "cp-always-pull-images-policy", spec: { background: false, webhookConfiguration: { failurePolicy: "Fail" }, rules } };
}

const HAS_INIT = "{{ length(request.object.spec.initContainers || `[]`) }}";

/** Objects of a kind outside the excluded namespaces. A Namespace is taken for one of its own name. */
function resources(kind: string, excluded: readonly string[], who: Rule = {}, more: Rule = {}): Rule {
  return {
    match: { any: [{ resources: { kinds: [kind], ...more }, ...who }] },
    exclude: { any: [{ resources: { namespaces: [...excluded] } }] },
  };
}

function labelled({ name, namespace }: typeof MADE | typeof GONE, value: "true" | "false"): Rule {
  return {
    targets: [{ apiVersion: "v1", kind: "Namespace", name: namespace }],
    patchStrategicMerge: { metadata: { labels: { [name]: value } } },
  };
}

/** A NetworkPolicy that is made anew where somebody changes or deletes it. */
function generated(name: string, namespace: string, spec: Rule): Rule {
  return { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", name, namespace, synchronize: true, data: { spec } };
}

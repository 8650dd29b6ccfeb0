import type { ServiceArgs } from "../args";

/** What a policy does with a pod that does not keep to it: report it, refuse it, or nothing. */
export type Judgement = "audit" | "enforce" | "off";

/** Which of K-PaaS's policies hold, and how. */
export interface PolicyChoice {
  /** Pods that gain rights on their node: the Pod Security Standard `baseline`. @default audit */
  readonly baseline?: Judgement;
  /** Pods that could do with fewer rights: the Pod Security Standard `restricted`. @default audit */
  readonly restricted?: Judgement;
  /** Pods that choose a profile of AppArmor beside the runtime's own and those of their node. @default enforce */
  readonly appArmor?: Judgement;
  /** Whether a new namespace is closed to the pods of others. One that was there before is left as it is. @default true */
  readonly isolateNamespaces?: boolean;
  /** Whether namespaces in which a cluster administrator makes RoleBindings of one name may reach each other. @default true */
  readonly joinNamespaces?: boolean;
  /** Whether images are asked for anew at every start, so that nobody runs one that they may not pull. @default true */
  readonly alwaysPull?: boolean;
}

/** Arguments of {@link Kyverno}. */
export interface KyvernoArgs extends ServiceArgs {
  /** @default K-PaaS's own choice */
  readonly policies?: PolicyChoice;
  /** Namespaces that neither webhooks nor policies look at: Kubernetes' own, and the platform's. The service's own is among them in any case. */
  readonly excluded: readonly string[];
  /** Further ones that bring walls of their own: policies look at their pods, and make nothing in them. @default none */
  readonly walled?: readonly string[];
  /** Addresses of the pods: an isolated namespace is closed to these. */
  readonly podCidr: string;
  /** Namespaces from which every isolated one is reached: that of the ingress controller. */
  readonly reaching: readonly string[];
}

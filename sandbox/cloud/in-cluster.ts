import type { Properties } from "../../plugin/rpc/provider";

/** A Service of type LoadBalancer, as a controller sees it. */
export interface Balanced {
  /** Unique for ever. */
  readonly uid: string;
  readonly name: string;
  readonly annotations: Readonly<Record<string, unknown>>;
  /** The address that the Service itself asks for. */
  readonly wanted: string | undefined;
  /** The names of the nodes that may be led to. */
  readonly nodes: readonly string[];
  /** What kubelets of the nodes that may be led to have registered their machines as. */
  readonly machines: readonly string[];
  /** Whom it lets in. */
  readonly ranges: readonly string[];
}

/** A claim, as a driver of volumes sees it. */
export interface Claimed {
  readonly uid: string;
  readonly sizeGiB: number;
  /** Whether the volume stays when its claim goes. */
  readonly retain: boolean;
  /** Of the claim's class. */
  readonly parameters: Properties;
}

/** What the cloud's own parts that run in a simulated cluster do in the simulated cloud. */
export interface SimulatedParts<C> {
  readonly controller?: {
    /** The DaemonSet that it is. */
    readonly workload: string;
    /** The Secret that it reads, and which part of it. */
    readonly reads: { readonly secret: string; readonly key: string };
    /** Makes the Service's balancer, or finds the one that is there; its address. @throws ApiError for what the cloud refuses */
    balance(cloud: C, service: Balanced, settings: string): string;
    /** Takes the balancers away whose Services are gone. */
    release(cloud: C, standing: ReadonlySet<string>): void;
  };
  readonly volumes?: {
    /** What storage classes name it by. */
    readonly provisioner: string;
    make(cloud: C, claim: Claimed): void;
    /** Takes the volumes away whose claims are gone. */
    release(cloud: C, standing: ReadonlySet<string>): void;
  };
}

/** The parts of a cloud's, with the cloud that they work in. */
export interface PartsAtWork {
  readonly parts: SimulatedParts<never>;
  balance(service: Balanced, settings: string): string;
  make(claim: Claimed): void;
  /** Takes away what is for none of these; nothing of what undefined stands for. */
  release(services: ReadonlySet<string> | undefined, claims: ReadonlySet<string>): void;
}

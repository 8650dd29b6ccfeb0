import type { Credentials } from "../../model/cloud";
import { credentials } from "./credentials";
import { openstackLimits } from "./names";

/**
 * How a cloud that speaks OpenStack's API differs from OpenStack itself: what the component, the look at the cloud and the sandbox read instead
 * of asking which cloud it is.
 */
export interface Dialect {
  /** `infrastructure.provider`. */
  readonly provider: string;
  /** What people call it. */
  readonly title: string;
  /** Whether neutron makes networks, subnets and routers; else they have to be there. */
  readonly makesNetworks: boolean;
  /** Whether what neutron and Octavia keep can be tagged. */
  readonly tags: boolean;
  /** Whether ports and floating addresses keep a description. */
  readonly describes: boolean;
  /** Whether a machine may have its first boot's data on a drive beside the metadata service. */
  readonly configDrive: boolean;
  /** The policy that keeps machines of a group on different hosts. */
  readonly apart: "soft-anti-affinity" | "anti-affinity";
  /** Whether a volume can be attached in its own zone only, and so is made in its machine's. */
  readonly volumesInZone: boolean;
  /** Whether a volume grows while it is attached. */
  readonly volumesGrow: boolean;
  /** Whether a machine of another flavor waits for somebody to confirm it; else nova goes on by itself, and a confirmation comes too late. */
  readonly confirmsResize: boolean;
  /** Flavors whose root disk is the host's own, of a size that the flavor says. */
  readonly bootsLocally?: RegExp;
  readonly limits: DialectLimits;
  readonly credentials: Credentials;
}

/** Limits of a cloud, as far as they differ. */
export interface DialectLimits {
  /** How many labels there is room for. */
  readonly labels: number;
}

/** OpenStack itself. */
export const OPENSTACK: Dialect = {
  provider: "openstack",
  title: "OpenStack",
  makesNetworks: true,
  tags: true,
  describes: true,
  configDrive: true,
  apart: "soft-anti-affinity",
  volumesInZone: false, // cinder's zones are not nova's
  volumesGrow: true,
  confirmsResize: true,
  limits: { labels: openstackLimits.tag.items - 1 },
  credentials,
};

import type { Labels } from "../../model/plan/infrastructure-types";

/** To be measured. It takes no order: whoever measures comes after all that it measures, and nobody waits for it. */
export interface ScrapeClaim {
  /** What answers, by name. Prometheus has it as the job SERVICE-NAME. */
  readonly targets: Readonly<Record<string, ScrapeTarget>>;
}

/** Pods that say what they count. */
export interface ScrapeTarget {
  readonly pods: Labels;
  /** Where they are: in its own namespace, or in all that are in the mesh, which open the port to Prometheus themselves. @default own */
  readonly of?: "mesh";
  /** Where they answer. */
  readonly port: number;
  /** A port that their containers name, where they name not the one that they answer at. @default that one */
  readonly named?: number;
  /** @default /metrics */
  readonly path?: string;
  /** @default none */
  readonly params?: Readonly<Record<string, readonly string[]>>;
  /** The name in their certificate, which is verified by what their component says (`ca`). @default they speak openly */
  readonly serverName?: string;
}

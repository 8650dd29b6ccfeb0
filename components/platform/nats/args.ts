import type { ServiceArgs } from "../args";

/** Arguments of {@link Nats}. */
export interface NatsArgs extends ServiceArgs {
  /** Storage class of the volumes. Changing it replaces them. */
  readonly storageClass: string;
  /** True: the volumes are protected against deletion. */
  readonly protectData: boolean;
  /** True: destroying the platform leaves the volumes, and the namespace they are claimed in. */
  readonly retainData: boolean;
  /** Namespaces of those who connect, by client. Each has an account of its own, in which it sees nothing of the others'. */
  readonly clients: Readonly<Record<string, string>>;
}

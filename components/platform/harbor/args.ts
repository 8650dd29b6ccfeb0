import type { Input } from "@pulumi/pulumi";
import type { ServiceArgs } from "../args";
import type { IngressRoute, RegistryProjectClaim, RegistryRight, StorageAccess } from "../grants";

/** A project of images and charts. */
export interface ProjectSpec {
  /** Whether everybody may pull from it. @default false */
  readonly public?: boolean;
  /** What it may hold. @default as much as there is */
  readonly quota?: `${number}${"Gi" | "Ti"}`;
  /** Accounts of programs, by name: lower-case letters and digits, with single `-` between them. @default none */
  readonly robots?: Readonly<Record<string, RegistryRight>>;
}

/** What one service claims. */
export interface RegistryClient extends RegistryProjectClaim {
  readonly namespace: string;
}

/** Arguments of {@link Harbor}. */
export interface HarborArgs extends ServiceArgs {
  readonly ingress: IngressRoute;
  /** Where its volumes come from. The registry has several replicas where they are shared. Changing it replaces the volumes. */
  readonly storage: StorageAccess;
  /** True: the volumes of images and database are protected against deletion. */
  readonly protectData: boolean;
  /** True: destroying the platform leaves these volumes, and the namespace they are claimed in. */
  readonly retainData: boolean;
  /**
   * What signs the platform's certificate, where no public authority does. PEM. Harbor offers it for download, and trusts it, as the log-in
   * by the platform's own Keycloak demands.
   * @default the public authorities suffice
   */
  readonly trust?: Input<string>;
  /** Projects, by name. @default none */
  readonly projects?: Readonly<Record<string, ProjectSpec>>;
  /** Who claims projects, by the name that their accounts have. @default nobody */
  readonly clients?: Readonly<Record<string, RegistryClient>>;
  /**
   * Base URL by which what lives in Harbor is put there: its core's port 8443, as the machine reaches it that runs the program.
   * @default the port on 127.0.0.1 that the environment's own way there has; a Harbor that is made alone must be given one (`forwardTo`), where
   * it is to have projects
   */
  readonly managedAt?: Input<string>;
}

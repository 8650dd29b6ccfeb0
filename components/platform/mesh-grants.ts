/* What services hand each other where they are in a mesh. */

/** To have one's pods in the mesh: their namespace gives each a proxy, by which they speak to each other. */
export interface MeshClaim {
  /** Whether the pods are met by others of the mesh only, or by whoever the namespace lets in, as without it. */
  readonly mtls: "strict" | "permissive";
  /** Who is asked by the mesh's proxies whether a request may pass, for AuthorizationPolicies of the action CUSTOM. @default nobody */
  readonly authorizers?: readonly MeshAuthorizer[];
  /** Whom the mesh's proxies may tell of requests; whoever is in the mesh may reach it. @default nobody */
  readonly collector?: TraceCollector;
  /** Containers of others' making that say nothing of their user, which are held to what Pod Security asks for. @default none */
  readonly plain?: readonly PlainContainer[];
}

/** A container that is known by its name and by what it runs. What it says itself holds. */
export interface PlainContainer {
  readonly name: string;
  /** The program's path, which is its whole command. */
  readonly program: string;
}

/** A program that says whether a request may pass, asked over HTTP. */
export interface MeshAuthorizer {
  /** By which AuthorizationPolicies name it. */
  readonly name: string;
  /** Its Service by its whole name. */
  readonly service: string;
  readonly port: number;
  /** Headers of the request that it is shown. */
  readonly shown: readonly string[];
  /** Headers of its answer that whoever is asked for gets. @default none */
  readonly passedOn?: readonly string[];
  /** Headers of its answer that the browser gets where the request may not pass, beside the usual ones. @default none */
  readonly answered?: readonly string[];
  /** Headers of its answer that the browser gets where the request passes. @default none */
  readonly renewed?: readonly string[];
  /** What it is asked at, before the request's own path: else paths that it answers by itself would pass. @default that path alone */
  readonly below?: string;
  /** What it is told besides, by header; `%REQ(NAME)%` is a header of the request. @default nothing */
  readonly told?: Readonly<Record<string, string>>;
}

/** Who keeps what is told of requests on their way through the mesh. */
export interface TraceCollector {
  /** By which Telemetry objects name it. */
  readonly name: string;
  /** Its Service by its whole name. */
  readonly service: string;
  /** Where it takes OTLP over gRPC. */
  readonly port: number;
}

/** A name to be reached at from outside, through the mesh's gateway. */
export interface MeshHostClaim {
  readonly host: string;
  /** Namespaces beside one's own whose VirtualServices say where its requests go. Nobody else may write any there. @default none */
  readonly besides?: readonly string[];
  /** What the platform's ingress is told of it. @default nothing */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What holds in the mesh. */
export interface MeshAccess {
  /** What is said there holds for all of the mesh. */
  readonly rootNamespace: string;
  /** What identities begin with: `DOMAIN/ns/NAMESPACE/sa/ACCOUNT`. */
  readonly trustDomain: string;
  /** Labels of a namespace of the mesh, for those that one makes beside one's own. */
  readonly labels: Readonly<Record<string, string>>;
}

/** How a host of the mesh is reached from outside: through the platform's ingress and the mesh's gateway. */
export interface MeshHostAccess {
  /** `NAMESPACE/NAME` of the Gateway, as VirtualServices name it. */
  readonly gateway: string;
  /** The namespace of the gateway's pods: the only one from which they come. */
  readonly namespace: string;
  /** Who those pods are in the mesh. */
  readonly principal: string;
}

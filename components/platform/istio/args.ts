import type { ServiceArgs } from "../args";
import type { MeshAuthorizer, PlainContainer, TraceCollector } from "../grants";

/** Arguments of {@link Istio}. */
export interface IstioArgs extends ServiceArgs {
  /** Who may be asked whether a request may pass. @default nobody */
  readonly authorizers?: readonly MeshAuthorizer[];
  /** Who may be told how requests went through the mesh. @default nobody */
  readonly collectors?: readonly TraceCollector[];
  /** Containers that are held to what `restricted` asks for, where they say nothing of it. @default none */
  readonly plain?: readonly PlainContainer[];
}

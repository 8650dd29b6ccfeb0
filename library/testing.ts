/* `kpaas/testing`: tests of programs, without an engine or with the sandbox's. */
export type { ChangedResource, Changes } from "../engine/events";
export type { OperationResult } from "../engine/types";
export { type Graph, type GraphOptions, graph, type RecordedOptions, type RecordedResource } from "../testing/graph";
export { type Bag, type Invokes, type Outputs, secretEnvelope, unwrapSecret } from "../testing/mocks";
export { type Rehearsal, rehearse } from "../testing/rehearse";

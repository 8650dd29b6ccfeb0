import type { Operation } from "../model/fleet/decide";
import type { Ended } from "../model/fleet/records";
import type { Ending } from "./runner";

/** Whoever does the steps of a run: processes of this machine, or somebody who is asked to. What was begun outlives the runner. */
export interface Steps {
  /** Begins a step, and tells how it ended. */
  launch(operation: Operation): Promise<Ended>;
  /** Tells how a step ended that an earlier runner began: waits for it where it is still under way. */
  look(operation: Operation): Promise<Ended>;
  /** How long one has said nothing, in milliseconds; undefined where nobody can tell. */
  silence(operation: Operation): number | undefined;
  /** Has one end: asks it to, tells it to end at once, ends it. */
  end(operation: Operation, how: Ending): void;
  /** Asks all to end in order. */
  endAll(): void;
}

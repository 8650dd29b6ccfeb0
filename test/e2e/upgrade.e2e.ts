import { recordedStates } from "../support/recorded";
import { unchangedUnderThisVersion } from "../support/upgrade";

unchangedUnderThisVersion(recordedStates());

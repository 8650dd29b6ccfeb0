import { unchangedUnderThisVersion } from "../support/upgrade";

// What says most in least time; test/e2e/upgrade.e2e.ts previews all that is recorded.
unchangedUnderThisVersion(["0.1.0/ha", "0.1.0/program"]);

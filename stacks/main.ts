import { pulumiProgram } from "./program";

// Pulumi.yaml's `main`: the language host calls what the module exports.
export = pulumiProgram;

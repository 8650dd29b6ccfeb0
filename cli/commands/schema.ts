import { Argument, type Command } from "commander";
import { type Context, writeJson } from "../context";

/** `kpaas schema`: JSON Schema of the files people write. */
export function registerSchema(program: Command, context: Context): void {
  program
    .command("schema")
    .summary("print the JSON Schema of environment or fleet files, for editors")
    .description("Prints the JSON Schema of the environment file or the fleet file, for editors to complete and check by.")
    .addArgument(new Argument("[FILE]", "which file's schema").choices(["environment", "fleet"]).default("environment"))
    .option("--json", "accepted for symmetry: the schema is JSON")
    .addHelpText("after", "\nExample:\n  $ kpaas schema environment > environment.schema.json")
    .action(async (file: "environment" | "fleet") => {
      const schemas = await context.modules.schemas();
      writeJson(context, file === "fleet" ? schemas.fleetJsonSchema() : schemas.environmentJsonSchema());
    });
}

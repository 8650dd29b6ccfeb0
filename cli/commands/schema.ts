import { Argument, type Command } from "commander";
import { type Context, writeJson } from "../context";

/** By what people write, what gives its schema. */
const SCHEMAS = { environment: "environmentJsonSchema", fleet: "fleetJsonSchema", prices: "pricesJsonSchema" } as const;
const FILES = Object.keys(SCHEMAS);

/** `kpaas schema`: JSON Schema of the files people write. */
export function registerSchema(program: Command, context: Context): void {
  program
    .command("schema")
    .summary("print the JSON Schema of environment files, fleet files or price lists, for editors")
    .description("Prints the JSON Schema of the environment file, the fleet file or a price list, for editors to complete and check by.")
    .addArgument(new Argument("[FILE]", "which file's schema").choices(FILES).default("environment"))
    .option("--json", "accepted for symmetry: the schema is JSON")
    .addHelpText("after", "\nExample:\n  $ kpaas schema environment > environment.schema.json")
    .action(async (file: keyof typeof SCHEMAS) => {
      const schemas = await context.modules.schemas();
      writeJson(context, schemas[SCHEMAS[file]]());
    });
}

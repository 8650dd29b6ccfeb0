import { azurePlan, buildAzure } from "../test/support/azure";

/* Prints the inputs of Azure's golden graphs, a line of JSON for each resource: what `azure-models.py` holds against the models of azure-mgmt. */
async function main(): Promise<void> {
  for (const profile of ["minimal", "standard", "highAvailability"] as const)
    for (const { type, name, inputs } of (await buildAzure(azurePlan(profile))).resources)
      if (type.startsWith("azure-native:")) console.log(JSON.stringify({ profile, type, name, inputs }));
}

void main();

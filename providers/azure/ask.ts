import { type Answer, type AnswerWords, askCloud, type Question } from "../asking/ask";

/** The words of Azure's resource manager. */
const WORDS: AnswerWords = {
  missing: /ResourceNotFound|ResourceGroupNotFound|SubscriptionNotFound|NotFound\b|could not be found|\b404\b/i,
  several: /more than one/i,
  forbidden: /AuthorizationFailed|does not have authorization|\b403\b/i,
  whose: "this subscription",
  called: { "resource group": "resource group of that name", size: "size of that name in the region" },
  lists: {
    image: "`az vm image list --all --publisher PUBLISHER --offer OFFER --sku SKU`",
    size: "`az vm list-skus --location REGION --resource-type virtualMachines`",
    "resource group": "`az group list`",
    "virtual network": "`az network vnet list`",
    subnet: "`az network vnet subnet list`",
    "floating address": "`az network public-ip list`",
    "disk encryption set": "`az disk-encryption-set list`",
  },
};

/** Asks Azure. @throws Error where it could not be asked at all */
export function ask<T>(question: Question<T>): Promise<Answer<T>> {
  return askCloud(question, WORDS);
}

/** What a lookup finds; undefined where there is nothing. */
export async function orNothing<T>(lookup: Promise<T>): Promise<T | undefined> {
  try {
    return await lookup;
  } catch (error) {
    if (error instanceof Error && WORDS.missing.test(error.message)) return undefined;
    throw error;
  }
}

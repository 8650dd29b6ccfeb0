import { type Answer, type AnswerWords, askCloud, type Question } from "../asking/ask";

/** What is said where there is none of what was asked for. */
export const MISSING = /notFound|was not found|not found|Error 404|no .* found|could not find/i;

/** The words of the provider's lookups and of Google's APIs. */
const WORDS: AnswerWords = {
  missing: MISSING,
  several: /more than one|multiple .* (?:match|found)/i,
  forbidden: /Error 403|forbidden|PERMISSION_DENIED|Required '.*' permission/i,
  whose: "this project",
  called: { "floating address": "such external address" },
  lists: {
    image: "`gcloud compute images list --project PROJECT`",
    "machine type": "`gcloud compute machine-types list --zones ZONE`",
    network: "`gcloud compute networks list`",
    subnetwork: "`gcloud compute networks subnets list`",
    "floating address": "`gcloud compute addresses list`",
  },
};

/** Asks GCP. @throws Error where it could not be asked at all */
export function ask<T>(question: Question<T>): Promise<Answer<T>> {
  return askCloud(question, WORDS);
}

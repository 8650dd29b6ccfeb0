import { type Answer, type AnswerWords, askCloud, type Question } from "../asking/ask";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** How a person sees what there is. */
const LISTS: Readonly<Record<string, string>> = {
  datacenter: "`govc ls /`",
  "compute cluster": "`govc find / -type c`",
  "resource pool": "`govc find / -type p`",
  datastore: "`govc find / -type s`",
  network: "`govc find / -type n`",
  folder: "`govc find / -type f`",
  template: "`govc find / -type m`",
  "storage policy": "`govc storage.policy.ls`",
  "category of tags": "`govc tags.category.ls`",
  "zone's tag": "`govc tags.ls`; the compute clusters bear it",
};

const WORDS: AnswerWords = {
  missing: /not found|no pbm profile found|cannot locate|does not (exist|have)|has been deleted|no default datacenter/i,
  several: /resolves to multiple|more than one|multiple/i,
  forbidden: /permission to perform this operation was denied|NoPermission|not authorized/i,
  whose: "this user",
  called: Object.fromEntries(Object.keys(LISTS).map((what) => [what, `${what} of that name or path`])),
  lists: LISTS,
  distinct: "give its path",
};

/**
 * Asks. What is missing, or there several times, is told at its field; what may not be asked is not checked.
 * @throws Error where vCenter could not be asked at all
 */
export function ask<T>(question: Question<T>): Promise<Answer<T>> {
  return askCloud(question, WORDS);
}

/** Whether a text of the file is a UUID. What looks like one is never taken for a name. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

import { type Answer, type AnswerWords, askCloud, type Question } from "../asking/ask";

/** The words of the provider's lookups and of AWS's services. */
const WORDS: AnswerWords = {
  missing: /returned no results|no matching|couldn't find resource|\.NotFound\b|does not exist|not found|InvalidInstanceType|Malformed/i,
  several: /more than one|multiple .* matched/i,
  forbidden: /UnauthorizedOperation|AccessDenied|not authorized/i,
  whose: "this account",
  called: { "key pair": "key pair of that name", "floating address": "such elastic address" },
  lists: {
    image: "`aws ec2 describe-images --owners OWNER --filters Name=name,Values=NAME`",
    "instance type": "`aws ec2 describe-instance-type-offerings`",
    VPC: "`aws ec2 describe-vpcs`",
    subnet: "`aws ec2 describe-subnets`",
    "key pair": "`aws ec2 describe-key-pairs`",
    "floating address": "`aws ec2 describe-addresses`",
  },
};

/** Asks AWS. @throws Error where it could not be asked at all */
export function ask<T>(question: Question<T>): Promise<Answer<T>> {
  return askCloud(question, WORDS);
}

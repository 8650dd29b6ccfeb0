import { Accounts } from "./accounts";
import { useWords } from "./context";
import { Webhooks } from "./webhooks";

/** What an administrator sets up for all environments. */
export function Settings() {
  const { t } = useWords();
  return (
    <>
      <h1 tabIndex={-1}>{t("nav.settings")}</h1>
      <Accounts />
      <Webhooks />
    </>
  );
}

/** Rows of the mock: the ones of the design, and as many more as wanted. */
import type { ConnectionRow } from "@bindings/ConnectionRow";
import type { Status } from "@bindings/Status";
import { connectors } from "./connectors";

const now = Date.now();
const minute = 60_000;

function row(id: string, name: string, description: string, connector: string, rest: Partial<ConnectionRow>): ConnectionRow {
  return {
    id,
    name,
    description,
    connector,
    connector_name: connectors.find((one) => one.id === connector)?.name ?? connector,
    account: null,
    status: "connected",
    status_reason: null,
    last_test_at: now - 4 * minute,
    last_test: "ok",
    expires_at: now + 372 * minute,
    flows: 0,
    authorization: null,
    ...rest,
  };
}

export const few: ConnectionRow[] = [
  row("1", "Gmail – alerts", "Sends on-call mail", "gmail", { account: "ops@northwind.example", status: "reauthorize", flows: 3, last_test_at: now - 26 * 60 * minute }),
  row("2", "GitHub – release bot", "Tags and publishes releases", "github", { account: "northwind-bot", flows: 6 }),
  row("9", "Spare GitHub bot", "", "github", { account: "northwind-bot-2", flows: 0 }),
  row("3", "Jira – prod", "Read and comment", "jira", { account: "northwind.atlassian.net", status: "reauthorize", flows: 1, last_test_at: now - 3 * 24 * 60 * minute }),
  row("4", "Okta – preview", "Super-admin service account", "okta", { account: "northwind.oktapreview.com", flows: 12, last_test_at: now - 70 * minute }),
  row("5", "S3 – archive", "Write-only bucket key", "aws-s3", { account: "AKIA…7Q4M", status: "test_failed", status_reason: "403", last_test: "missing_scope", flows: 2 }),
  row("6", "SendGrid", "Transactional mail", "sendgrid", { account: "API key …x9Lk" }),
  row("7", "Slack – incidents", "", "slack", { status: "finish_signing_in", authorization: "a7", last_test_at: null, last_test: null }),
  row("8", "A connection whose name was written by somebody who wanted to say everything in it at once", "And a description that goes on for quite a while too, because it can", "servicenow", { account: "a-rather-long-service-account-name@northwind-production.service-now.com", flows: 1204 }),
];

const statuses: Status[] = ["connected", "connected", "connected", "connected", "connected", "connected", "test_failed", "reauthorize", "connected", "connected"];

export function many(count: number): ConnectionRow[] {
  return Array.from({ length: count }, (_, index) => {
    const connector = connectors[index % (connectors.length - 2)]!;
    const status = statuses[index % statuses.length]!;
    return row(`m${index}`, `${connector.name} – team ${String(index + 1).padStart(6, "0")}`, `Row ${index + 1} of ${count}`, connector.id, {
      account: `team-${index + 1}@northwind.example`,
      status,
      status_reason: status === "test_failed" ? "provider down" : null,
      flows: index % 7,
      last_test_at: now - (index % 5000) * minute,
    });
  });
}

const unbroken = "Anverbindungsnamenlängenbegrenzung".repeat(9).slice(0, 300);

/** What people really type, and what breaks a layout. */
export const hostile: ConnectionRow[] = [
  row("h1", unbroken, unbroken, "github", { account: `${unbroken}@example.com`, status: "test_failed", status_reason: unbroken, last_test: "provider_down", flows: 1_204_332 }),
  row("h2", "حساب البريد الإلكتروني للتنبيهات – الإنتاج", "يرسل رسائل البريد عند وقوع عطل في الخدمة", "gmail", { account: "تنبيهات@مثال.إختبار", status: "reauthorize", flows: 3 }),
  row("h3", "🚀🧑‍🚀 Release 🏴󠁧󠁢󠁥󠁮󠁧󠁿 bot 👩‍👩‍👧‍👦", "🔥".repeat(200), "github", { account: "👾", status: "reauthorize", flows: 6 }),
  row("h4", "ไทยเชื่อมต่อบัญชีผู้ใช้งานระบบการผลิต", "漢字かな交じり文の説明", "slack", { account: "チーム", status: "finish_signing_in", authorization: "a7", last_test_at: null, last_test: null }),
  row("h5", "Ḽ̖̈o̷͓͝r̴̞̆e̵͙͂m̶̰̔ ̷͚̈i̴̱͐p̶̘̾s̴͔͂u̸̯͒m̵̨̌", "<b>not bold</b> &amp; {{not a template}}", "servicenow", {}),
];

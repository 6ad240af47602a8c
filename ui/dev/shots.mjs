/** The screens to look at: a scene of the mock, and how to get there. */
const both = [
  [1280, 800],
  [960, 640],
];

async function form(page, connector) {
  await page.getByRole("button", { name: "New connection" }).click();
  await page.getByRole("dialog").getByRole("button", { name: connector, exact: true }).click();
  await page.getByRole("dialog", { name: `New ${connector} connection` }).waitFor();
}

async function permissions(page, connector) {
  await form(page, connector);
  await page.getByRole("tab", { name: "Permissions" }).click();
  await page.getByLabel("Customize scopes").check();
}

async function waiting(page) {
  await page.locator("[data-index='2']").focus();
  await page.keyboard.press("r");
  await page.getByRole("dialog", { name: "Waiting for Gmail" }).waitFor();
}

const mock = (page, id, to) => page.evaluate(([id, to]) => globalThis.patchbayMock.phase(id, to), [id, to]);

import { flowShots } from "./flowShots.mjs";

async function connectors(page) {
  await page.getByRole("navigation").getByRole("button", { name: "Connectors" }).click();
  await page.getByRole("grid", { name: "Connectors" }).waitFor();
}

async function openConnector(page, name, tab) {
  await connectors(page);
  await page.getByRole("searchbox").fill(name);
  await page.getByRole("row").filter({ hasText: name }).first().click();
  if (tab) await page.getByRole("tab", { name: tab }).click();
}

async function way(page, name) {
  await connectors(page);
  await page.getByRole("button", { name: "Add a connector" }).click();
  await page.getByRole("dialog").getByRole("button", { name }).click();
}

export const shots = [
  ...flowShots,
  { name: "connectors", scene: "catalogue", sizes: both, act: connectors },
  { name: "connector-about", scene: "catalogue", sizes: both, act: (page) => openConnector(page, "GitHub") },
  { name: "connector-scopes", scene: "catalogue", act: (page) => openConnector(page, "GitHub", /Scopes/) },
  { name: "connector-cards", scene: "catalogue", sizes: both, act: (page) => openConnector(page, "Okta", /Cards/) },
  { name: "connector-scope-cards", scene: "catalogue", act: (page) => openConnector(page, "Okta", /Scopes/) },
  { name: "connector-registrations", scene: "catalogue", sizes: both, act: (page) => openConnector(page, "GitHub", /Registrations/) },
  { name: "connector-own", scene: "catalogue", act: (page) => openConnector(page, "Acme Billing") },
  {
    name: "connector-unregister-refused",
    act: async (page) => {
      await openConnector(page, "GitHub", /Registrations/);
      await page.getByRole("group", { name: "Actions for Northwind automation" }).getByRole("button", { name: "Delete" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
      await page.getByRole("dialog").getByRole("alert").waitFor();
    },
  },
  {
    name: "connector-rotate",
    act: async (page) => {
      await openConnector(page, "GitHub", /Registrations/);
      await page.getByRole("button", { name: "Change secret" }).click();
    },
  },
  {
    name: "connector-register",
    act: async (page) => {
      await openConnector(page, "GitHub", /Registrations/);
      await page.getByRole("button", { name: "New registration" }).click();
    },
  },
  {
    name: "connections-of-registration",
    act: async (page) => {
      await openConnector(page, "GitHub", /Registrations/);
      await page.getByRole("button", { name: "Show 3 connections" }).click();
      await page.getByRole("button", { name: "Registration: Northwind automation" }).waitFor();
    },
  },
  {
    name: "connector-export",
    scene: "catalogue",
    act: async (page) => {
      await openConnector(page, "Acme Billing");
      await page.getByRole("button", { name: "Export" }).click();
    },
  },
  {
    name: "connector-add",
    sizes: both,
    act: async (page) => {
      await connectors(page);
      await page.getByRole("button", { name: "Add a connector" }).click();
    },
  },
  {
    name: "connector-issuer-fails",
    act: async (page) => {
      await way(page, "From an issuer");
      await page.getByRole("textbox", { name: "Issuer" }).fill("https://nowhere.example.com");
      await page.keyboard.press("Enter");
    },
  },
  {
    name: "connector-preview",
    sizes: both,
    act: async (page) => {
      await way(page, "From an issuer");
      await page.getByRole("textbox", { name: "Issuer" }).fill("https://login.example.com");
      await page.getByRole("button", { name: "Look it over" }).click();
      await page.getByText("Every host it will talk to").waitFor();
    },
  },
  {
    name: "connector-preview-tried",
    sizes: both,
    act: async (page) => {
      await way(page, "From an OpenAPI document");
      await page.getByRole("textbox", { name: "OpenAPI document" }).fill("openapi: 3.1.0");
      await page.getByRole("button", { name: "Look it over" }).click();
      await page.getByLabel("API key", { exact: true }).fill("right");
      await page.getByRole("button", { name: "Try it" }).click();
      await page.getByText("It belongs to northwind.").waitFor();
      await page.getByText("It belongs to northwind.").scrollIntoViewIfNeeded();
    },
  },
  {
    name: "connector-replace",
    scene: "catalogue",
    act: async (page) => {
      await way(page, "From a definition");
      await page.getByLabel("Id").fill("acme-billing");
      await page.getByRole("button", { name: "Look it over" }).click();
      await page.getByText("Saving replaces your connector").waitFor();
    },
  },
  {
    name: "connector-edit",
    scene: "catalogue",
    sizes: both,
    settle: 600,
    act: async (page) => {
      await openConnector(page, "Acme Billing");
      await page.getByRole("button", { name: "Edit" }).click();
      await page.getByRole("dialog", { name: "Edit Acme Billing" }).waitFor();
    },
  },
  {
    name: "connector-edit-text",
    scene: "catalogue",
    act: async (page) => {
      await openConnector(page, "Acme Billing");
      await page.getByRole("button", { name: "Edit" }).click();
      await page.getByRole("button", { name: "Edit as text" }).click();
    },
  },
  {
    name: "connector-by-hand-session",
    sizes: both,
    settle: 600,
    act: async (page) => {
      await way(page, "By hand");
      await page.getByRole("combobox", { name: "Authentication" }).click();
      await page.getByRole("option", { name: "Session token" }).click();
      await page.getByLabel("Token in the answer").scrollIntoViewIfNeeded();
    },
  },
  {
    name: "connector-delete",
    scene: "catalogue",
    act: async (page) => {
      await openConnector(page, "Acme Billing");
      await page.getByRole("button", { name: "Delete" }).click();
    },
  },
  {
    name: "client-document",
    sizes: both,
    act: async (page) => {
      await form(page, "Any OAuth 2.0 service");
      await page.getByRole("combobox", { name: "Registration" }).click();
      await page.getByRole("option", { name: "A document that you host" }).click();
      await page.getByLabel("Address of your document").fill("https://northwind.example/patchbay.json");
    },
  },
  {
    name: "detail-site",
    act: async (page) => {
      await page.getByText("Jira – prod").first().click();
      await page.getByText("Change site").scrollIntoViewIfNeeded();
    },
  },
  { name: "connector-definition", sizes: both, act: (page) => way(page, "From a definition") },
  {
    name: "connector-by-hand",
    sizes: both,
    settle: 600,
    act: async (page) => {
      await way(page, "By hand");
      await page.getByLabel("Name", { exact: true }).fill("Acme Billing");
      await page.getByRole("button", { name: "Add a field" }).click();
    },
  },
  {
    name: "connector-saved",
    act: async (page) => {
      await way(page, "From an issuer");
      await page.getByRole("textbox", { name: "Issuer" }).fill("https://login.example.com");
      await page.getByRole("button", { name: "Look it over" }).click();
      await page.getByRole("button", { name: "Save", exact: true }).click();
      await page.getByRole("complementary", { name: "Connector login.example.com" }).waitFor();
    },
  },
  { name: "connections", sizes: both },
  { name: "hostile", scene: "hostile", sizes: both },
  { name: "hostile-detail", scene: "hostile", sizes: both, act: (page) => page.locator("[data-index='0']").click() },
  {
    name: "hostile-toast",
    scene: "hostile",
    act: async (page) => {
      await page.locator("[data-index='0']").focus();
      await page.keyboard.press("t");
    },
  },
  {
    name: "hostile-delete",
    scene: "hostile",
    act: async (page) => {
      await page.locator("[data-index='0']").focus();
      await page.keyboard.press("Delete");
    },
  },
  {
    name: "hostile-rename",
    scene: "hostile",
    act: async (page) => {
      await page.locator("[data-index='2']").focus();
      await page.keyboard.press("F2");
    },
  },
  {
    name: "hostile-edit",
    scene: "hostile",
    act: async (page) => {
      await page.getByRole("row").filter({ hasText: "🚀" }).first().click();
      await page.getByRole("button", { name: "Settings…" }).click();
    },
  },
  {
    name: "hostile-palette",
    scene: "hostile",
    act: async (page) => {
      await page.keyboard.press("Control+k");
      await page.keyboard.type("e");
    },
  },
  { name: "hostile-menu", scene: "hostile", act: (page) => page.locator("[data-index='0']").click({ button: "right" }) },
  { name: "general-foreign", scene: "foreign-handler", act: async (page) => {
    await form(page, "GitHub");
    await page.getByText("Another program on this computer").scrollIntoViewIfNeeded();
  } },
  { name: "general-foreign-only", scene: "missing-handler", act: async (page) => {
    await form(page, "Slack");
    await page.getByText("No program on this computer").scrollIntoViewIfNeeded();
  } },
  { name: "waiting-stranded", scene: "foreign-handler", act: waiting },
  { name: "first-run", scene: "first-run", sizes: both },
  { name: "detail", sizes: both, act: (page) => page.getByText("GitHub – release bot").click() },
  {
    name: "detail-permissions",
    act: async (page) => {
      await page.getByText("Gmail – alerts").last().click();
      await page.getByRole("tab", { name: "Permissions" }).click();
    },
  },
  {
    name: "detail-cards",
    sizes: both,
    act: async (page) => {
      await page.getByText("Gmail – alerts").last().click();
      await page.getByRole("tab", { name: "Permissions" }).click();
      await page.getByText(/of your flows/).waitFor();
      await page.getByText(/work with these scopes/).click();
    },
  },
  { name: "detail-failed", act: (page) => page.getByText("S3 – archive").click() },
  { name: "row-hover", act: (page) => page.getByText("S3 – archive").hover() },
  { name: "row-menu", act: (page) => page.getByText("GitHub – release bot").click({ button: "right" }) },
  { name: "many", scene: "many", sizes: both },
  {
    name: "many-end",
    scene: "many",
    act: async (page) => {
      await page.locator("[data-index='0']").focus();
      await page.keyboard.press("End");
    },
  },
  { name: "empty-filter", act: (page) => page.getByRole("searchbox").fill("nothing like this") },
  { name: "error", scene: "error" },
  { name: "locked", scene: "locked", settle: 1800 },
  { name: "read-only", scene: "read-only" },
  { name: "offline", act: (page) => page.evaluate(() => globalThis.dispatchEvent(new Event("offline"))) },
  { name: "loading", scene: "slow", settle: 400 },
  { name: "testing", act: (page) => page.getByRole("button", { name: "Test all" }).click() },
  { name: "status-filter", act: (page) => page.getByRole("button", { name: "Status" }).first().click() },
  {
    name: "rename-taken",
    act: async (page) => {
      await page.getByText("SendGrid").first().click();
      await page.locator("[data-index='6']").focus();
      await page.keyboard.press("F2");
      await page.getByRole("dialog").getByLabel("Name").fill("jira – prod");
      await page.keyboard.press("Enter");
    },
  },
  {
    name: "delete",
    act: async (page) => {
      await page.locator("[data-index='0']").focus();
      await page.keyboard.press("Delete");
    },
  },
  {
    name: "deleted",
    act: async (page) => {
      await page.locator("[data-index='0']").focus();
      await page.keyboard.press("Delete");
      await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    },
  },
  {
    name: "palette",
    act: async (page) => {
      await page.keyboard.press("Control+k");
      await page.keyboard.type("re");
    },
  },
  { name: "shortcuts", act: (page) => page.keyboard.press("?") },
  { name: "selector", sizes: both, act: (page) => page.keyboard.press("n") },
  {
    name: "selector-search",
    act: async (page) => {
      await page.keyboard.press("n");
      await page.waitForTimeout(100);
      await page.keyboard.type("git");
    },
  },
  { name: "general", sizes: both, act: (page) => form(page, "GitHub") },
  { name: "general-fields", act: (page) => form(page, "Okta") },
  {
    name: "general-refused",
    act: async (page) => {
      await form(page, "Jira");
      await page.getByLabel("Name", { exact: true }).fill("SendGrid");
      await page.getByLabel("Site").fill("https://acme.atlassian.net/wiki");
      await page.getByLabel("Email").fill("nobody");
      await page.getByRole("button", { name: "Create" }).click();
    },
  },
  {
    name: "general-provider-refused",
    act: async (page) => {
      await form(page, "GitHub");
      await page.getByRole("combobox", { name: /Authentication/ }).click();
      await page.getByRole("option", { name: "Personal access token" }).click();
      await page.getByRole("textbox", { name: "Token" }).fill("wrong");
      await page.getByRole("button", { name: "Create" }).click();
    },
  },
  { name: "key-file", act: (page) => form(page, "Google service account") },
  { name: "permissions", sizes: both, act: (page) => permissions(page, "GitHub") },
  {
    name: "permissions-manual",
    act: async (page) => {
      await permissions(page, "Gmail");
      await page.getByLabel("Manually add scopes").fill("drive.file, openid ä\"b");
      await page.keyboard.press("Enter");
    },
  },
  {
    name: "permissions-cards",
    sizes: both,
    act: async (page) => {
      await permissions(page, "Okta");
      await page.getByRole("checkbox", { name: /okta\.users\.read/ }).uncheck();
      await page.getByText(/^Needed by/).first().scrollIntoViewIfNeeded();
    },
  },
  {
    name: "permissions-flows",
    sizes: both,
    act: async (page) => {
      await page.getByText("Okta – preview").first().click();
      await page.getByRole("tab", { name: "Permissions" }).click();
      await page.getByRole("button", { name: "Change scopes" }).click();
      await page.getByRole("checkbox", { name: /okta\.users\.read/ }).uncheck();
      await page.getByText(/of your flows/).waitFor();
      await page.getByText(/^Needed by/).first().click();
    },
  },
  { name: "permissions-fixed", act: (page) => permissions(page, "Slack") },
  { name: "waiting", sizes: both, act: waiting },
  {
    name: "waiting-paste",
    act: async (page) => {
      await waiting(page);
      await page.getByRole("button", { name: "Paste the address instead" }).click();
      await page.getByLabel("Address").fill("https://example.com/");
      await page.getByRole("button", { name: "Finish", exact: true }).click();
    },
  },
  {
    name: "waiting-question",
    act: async (page) => {
      await waiting(page);
      await mock(page, "a1", { phase: "account_question", old_account: "ops@northwind.example", new_account: "me@home.example" });
    },
  },
  {
    name: "waiting-failed",
    act: async (page) => {
      await waiting(page);
      await mock(page, "a1", {
        phase: "failed",
        error: { code: "bad_registration", message: "Google refused the client secret", hint: "Check it under Connectors → Gmail → Registration", provider_error: "invalid_client: Unauthorized" },
      });
    },
  },
  {
    name: "waiting-device",
    act: async (page) => {
      await form(page, "GitHub");
      await page.getByRole("combobox", { name: /Authentication/ }).click();
      await page.getByRole("option", { name: "Device code" }).click();
      await page.getByLabel("Name", { exact: true }).fill("GitHub by code");
      await page.getByRole("button", { name: "Create" }).click();
      await page.getByText("WDJB-MJHT").waitFor();
    },
  },
  {
    name: "connected",
    act: async (page) => {
      await waiting(page);
      await mock(page, "a1", { phase: "connected", new_account: "ops@northwind.example" });
    },
  },
  {
    name: "queue",
    act: async (page) => {
      await page.getByRole("button", { name: "Reauthorize both" }).click();
      await page.getByRole("button", { name: "Start" }).click();
    },
  },
  { name: "activity", sizes: both, act: (page) => page.getByRole("button", { name: "Activity" }).click() },
  { name: "settings", sizes: both, act: (page) => page.getByRole("button", { name: "Settings" }).click() },
  {
    name: "settings-recovery",
    scene: "foreign-handler",
    act: async (page) => {
      await page.getByRole("button", { name: "Settings" }).click();
      await page.getByRole("button", { name: "Create a recovery passphrase" }).click();
      await page.getByLabel("Passphrase", { exact: true }).fill("short");
      await page.getByRole("button", { name: "Save" }).click();
    },
  },
  { name: "vault-missing", scene: "missing" },
  { name: "synced-folder", scene: "synced" },
  {
    name: "vault-start-over",
    scene: "missing",
    act: async (page) => {
      await page.getByRole("button", { name: "Start over with a new key" }).click();
      await page.getByRole("dialog", { name: "Give up all stored secrets?" }).waitFor();
    },
  },
  { name: "vault-foreign", scene: "foreign" },
  { name: "vault-store-changed", scene: "store-changed" },
  { name: "vault-no-keychain", scene: "no-keychain", sizes: both },
  { name: "vault-keychain-gone", scene: "keychain-gone" },
  {
    name: "vault-passphrase",
    scene: "passphrase",
    act: async (page) => {
      await page.getByLabel("Passphrase").fill("not this one");
      await page.getByRole("button", { name: "Open" }).click();
    },
  },
  { name: "closed", scene: "newer" },
];

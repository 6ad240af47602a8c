/** Screens of flows: the page, its dialogs, usage and moves. */
const both = [
  [1280, 800],
  [960, 640],
];
const go = (page) => page.getByRole("navigation").getByRole("button", { name: /^Flows/ }).click();

async function open(page, name) {
  await go(page);
  await page.getByRole("treegrid").getByText(name).click();
}

export const flowShots = [
  { name: "flows", sizes: both, act: go },
  { name: "flows-first", scene: "first-run", act: go },
  { name: "flows-many", scene: "many", act: go },
  {
    name: "flows-many-end",
    scene: "many",
    act: async (page) => {
      await go(page);
      await page.locator("[data-index='0']").focus();
      await page.keyboard.press("End");
    },
  },
  { name: "flows-error", scene: "error", act: go },
  { name: "flows-detail", sizes: both, act: (page) => open(page, "Create accounts for new hires") },
  { name: "flows-manifest", act: (page) => open(page, "Publish release") },
  {
    name: "flows-unbound",
    act: async (page) => {
      await go(page);
      await page.getByRole("button", { name: /^Unbound/ }).click();
    },
  },
  {
    name: "flows-empty",
    act: async (page) => {
      await go(page);
      await page.keyboard.press("/");
      await page.keyboard.type("nothing like this");
    },
  },
  {
    name: "flows-add",
    act: async (page) => {
      await go(page);
      await page.getByRole("button", { name: "Add flows" }).click();
      await page.getByRole("textbox", { name: "Path" }).fill("/nowhere");
      await page.keyboard.press("Enter");
    },
  },
  {
    name: "flows-added",
    act: async (page) => {
      await go(page);
      await page.getByRole("button", { name: "Add flows" }).click();
      await page.getByRole("textbox", { name: "Path" }).fill("/home/you/exports");
      await page.keyboard.press("Enter");
    },
  },
  {
    name: "flows-questions",
    sizes: both,
    act: async (page) => {
      await go(page);
      await page.getByRole("status").getByRole("button", { name: "Choose" }).click();
    },
  },
  {
    name: "flows-choose",
    act: async (page) => {
      await open(page, "Create accounts for new hires");
      await page.getByRole("button", { name: /^Choose for Slack/ }).click();
      await page.getByRole("dialog").getByRole("combobox").click();
      await page.keyboard.press("ArrowDown");
    },
  },
  {
    name: "flows-card-menu",
    act: async (page) => {
      await open(page, "Create accounts for new hires");
      await page.getByRole("button", { name: "Actions for Gmail · Send email" }).click();
    },
  },
  {
    name: "flows-mend",
    act: async (page) => {
      await open(page, "Create accounts for new hires");
      await page.getByRole("button", { name: /^Mend/ }).click();
    },
  },
  {
    name: "flows-remove",
    act: async (page) => {
      await go(page);
      await page.locator("[data-index='0']").focus();
      await page.keyboard.press("Delete");
    },
  },
  {
    name: "flows-export",
    act: async (page) => {
      await open(page, "Create accounts for new hires");
      await page.getByRole("button", { name: /^Export/ }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Export", exact: true }).click();
    },
  },
  {
    name: "flows-edit-card",
    act: async (page) => {
      await open(page, "Publish release");
      await page.getByRole("button", { name: "Actions for GitHub · Publish" }).click();
      await page.getByRole("menuitem", { name: "Edit" }).click();
      await page.getByRole("dialog").getByLabel("Title").fill(" ");
      await page.keyboard.press("Enter");
    },
  },
  {
    name: "flows-sorted",
    sizes: both,
    act: async (page) => {
      await go(page);
      await page.getByRole("treegrid").getByRole("button", { name: "Cards" }).click();
    },
  },
  {
    name: "flows-new-manifest",
    act: async (page) => {
      await go(page);
      await page.getByRole("button", { name: "New manifest" }).click();
      await page.getByRole("dialog").getByLabel("Name").fill("Nightly report");
      await page.getByRole("dialog").getByLabel("Command").fill("./report.sh 'half");
      await page.keyboard.press("Enter");
    },
  },
  {
    name: "flows-new-card",
    act: async (page) => {
      await go(page);
      await page.getByRole("button", { name: "New manifest" }).click();
      await page.getByRole("dialog").getByLabel("Name").fill("Nightly report");
      await page.getByRole("dialog").getByLabel("Save as").fill("/home/you/report.flow.toml");
      await page.keyboard.press("Enter");
      await page.getByRole("dialog").getByRole("combobox", { name: "Connector" }).click();
      await page.keyboard.type("GitHub");
      await page.getByRole("option", { name: /^GitHub/ }).first().click();
    },
  },
  {
    name: "flows-first-card",
    scene: "first-run",
    act: async (page) => {
      await go(page);
      await page.getByRole("button", { name: "New manifest" }).click();
      await page.getByRole("dialog").getByLabel("Name").fill("Nightly report");
      await page.getByRole("dialog").getByLabel("Save as").fill("/home/you/report.flow.toml");
      await page.keyboard.press("Enter");
      await page.getByRole("dialog", { name: /^Add a card/ }).waitFor();
    },
  },
  {
    name: "flows-edit-manifest",
    act: async (page) => {
      await open(page, "Publish release");
      await page.getByRole("button", { name: "Edit…" }).click();
    },
  },
  {
    name: "flows-usage-many",
    scene: "many",
    sizes: both,
    act: async (page) => {
      await page.locator("[data-index='1']").click();
      await page.getByRole("tab", { name: "Usage" }).click();
      await page.getByRole("button", { name: "Cards" }).click();
    },
  },
  {
    name: "flows-usage",
    sizes: both,
    act: async (page) => {
      await page.getByText("GitHub – release bot").click();
      await page.getByRole("tab", { name: "Usage" }).click();
    },
  },
  {
    name: "flows-usage-indirect",
    act: async (page) => {
      await page.getByText("Okta – preview").click();
      await page.getByRole("tab", { name: "Usage" }).click();
    },
  },
  {
    name: "flows-move",
    sizes: both,
    act: async (page) => {
      await page.getByText("GitHub – release bot").click();
      await page.getByRole("tab", { name: "Usage" }).click();
      await page.getByRole("button", { name: "Move flows…" }).click();
      await page.getByRole("dialog").getByRole("combobox").focus();
      await page.keyboard.press("ArrowDown");
      await page.getByRole("option").first().click();
      await page.getByLabel("Only what is ticked below").check();
      await page.getByRole("dialog").getByRole("button", { name: "Publish release" }).click();
      await page.getByRole("checkbox", { name: "Publish", exact: true }).check();
      await page.getByRole("checkbox", { name: /Mirror wiki/ }).check();
    },
  },
  {
    name: "flows-delete-replace",
    act: async (page) => {
      await page.getByRole("row", { name: /GitHub – release bot/ }).focus();
      await page.keyboard.press("Delete");
      await page.getByRole("dialog").getByRole("combobox").click();
      await page.getByRole("option").nth(1).click();
    },
  },
  {
    name: "flows-delete",
    act: async (page) => {
      await page.getByRole("row", { name: /Okta – preview/ }).focus();
      await page.keyboard.press("Delete");
    },
  },
  {
    name: "flows-rename",
    act: async (page) => {
      await page.getByRole("row", { name: /GitHub – release bot/ }).focus();
      await page.keyboard.press("F2");
      await page.getByRole("dialog").getByLabel("Name").fill("GitHub bot");
    },
  },
];

/** The screens to look at: a scene of the mock, and how to get there. */
const both = [
  [1280, 800],
  [960, 640],
];

export const shots = [
  { name: "connections", sizes: both },
  { name: "first-run", scene: "first-run", sizes: both },
  { name: "detail", sizes: both, act: (page) => page.getByText("GitHub – release bot").click() },
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
  { name: "locked", scene: "locked" },
  { name: "read-only", scene: "read-only" },
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
];

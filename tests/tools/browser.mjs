// Drives the Chromium that the application opened, as a person in front of it would.
// Usage: node browser.mjs '{"profile": "...", "origin": "http://127.0.0.1:4000", "login": "alice", "decision": "allow"}'
// With "code", the page is the one where a device's code is typed. Tabs in "not" are left alone: they had their turn.
// Prints one line of JSON: the tab, where the provider sent the browser, what its address bar and its page say at the end.
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const wanted = JSON.parse(process.argv[2]);
const deadline = Date.now() + 60_000;
const pause = () => new Promise((resolve) => setTimeout(resolve, 50));

async function until(what, ask) {
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await pause();
  }
}

// Chromium writes the port it chose into its profile.
const browser = await until("the browser", async () => {
  try {
    const [port] = readFileSync(`${wanted.profile}/DevToolsActivePort`, "utf8").split("\n");
    return await chromium.connectOverCDP(`http://127.0.0.1:${port}`, { timeout: 5000 });
  } catch {
    return undefined;
  }
});
const pages = () => browser.contexts().flatMap((context) => context.pages());

let sentTo; // the redirect that carries the answer back
const watched = new Set();
function watch(page) {
  if (watched.has(page)) return;
  watched.add(page);
  page.on("response", (response) => {
    const location = response.headers()["location"];
    if (location && response.status() >= 300 && response.status() < 400 && /^(dev\.patchbay\.desktop:|https?:\/\/[^/]+)\/callback\//.test(location)) sentTo = location;
  });
}

/** What the browser itself says of a tab; a page that could not be loaded has its address only there. */
async function ask(page, method) {
  try {
    const asked = await page.context().newCDPSession(page);
    return await asked.send(method).finally(() => asked.detach().catch(() => {}));
  } catch {
    return undefined; // the page goes away or comes just now
  }
}
const tabOf = async (page) => (await ask(page, "Target.getTargetInfo"))?.targetInfo.targetId;
const addressBar = async (page) => {
  const history = await ask(page, "Page.getNavigationHistory");
  return history?.entries[history.currentIndex]?.url;
};

const page = await until("a page of the provider", async () => {
  for (const page of pages().reverse()) {
    if (page.url().startsWith(wanted.origin) && !(wanted.not ?? []).includes(await tabOf(page))) return page;
  }
  return undefined;
});
const tab = await tabOf(page);
watch(page);

// Each provider's own pages; a page that asks nothing is left alone.
const loginFields = ["input[name=login]"];
const passwordFields = ["input[name=password]"];
const visible = async (selector) => {
  const found = page.locator(selector).first();
  return (await found.isVisible().catch(() => false)) ? found : undefined;
};
const first = async (selectors) => {
  for (const selector of selectors) {
    const found = await visible(selector);
    if (found) return found;
  }
  return undefined;
};

/** What the page of a device's code showed before the person said yes. */
let confirmed = "";
const isDone = async () => {
  if (sentTo) return true;
  return Boolean(wanted.code) && /^Sign-in Success/.test(await page.locator("h1").innerText({ timeout: 1000 }).catch(() => ""));
};

if (wanted.decision === "look") {
  // Only to see what the provider shows.
  await page.waitForLoadState("domcontentloaded");
} else {
  await until("the provider to finish", async () => {
    if (await isDone()) return true;
    const before = page.url();
    const login = await first(loginFields);
    const password = await first(passwordFields);
    const code = wanted.code ? await visible("input[name=user_code]") : undefined;
    const shown = wanted.code ? await visible("code") : undefined;
    try {
      if (shown) confirmed = await shown.innerText({ timeout: 1000 });
      if (wanted.decision === "deny" && (await visible("a[href$='/abort']"))) {
        await (await visible("a[href$='/abort']")).click({ noWaitAfter: true });
      } else if (wanted.decision === "deny" && (await visible("button[name=answer][value=deny], button[value=deny]"))) {
        await (await visible("button[name=answer][value=deny], button[value=deny]")).click({ noWaitAfter: true });
      } else if (code) {
        await code.fill(wanted.code);
        await page.locator("button[type=submit]").first().click({ noWaitAfter: true });
      } else if (wanted.decision === "deny" && (await visible("button[name=abort]"))) {
        await (await visible("button[name=abort]")).click({ noWaitAfter: true });
        return true;
      } else if (login || password) {
        if (login) await login.fill(wanted.login);
        if (password) await password.fill(wanted.password ?? "any");
        await page.locator("button[type=submit], input[type=submit]").first().click({ noWaitAfter: true });
      } else {
        const yes = await first(["button[name=answer][value=accept]", "button[value=accept]", "form button[type=submit]", "button[autofocus]"]);
        if (!yes) return false;
        await yes.click({ noWaitAfter: true });
      }
    } catch {
      return false; // the page went away under the hand
    }
    // Give the click its effect before looking again.
    for (let i = 0; i < 40 && !sentTo && page.url() === before; i += 1) await pause();
    return isDone();
  });
}

const isHere = (address) => /^http:\/\/(127\.0\.0\.1|localhost)[:/]/.test(address);
if (sentTo && isHere(sentTo)) await page.waitForURL(/\/callback\//, { timeout: 20_000 }).catch(() => {});
// Where nobody answers, the address is all that there is.
if (sentTo?.startsWith("https:")) await until("the address bar to follow", async () => (await addressBar(page)) === sentTo);
const endedAt = await addressBar(page);
const text = await page.locator("body").innerText({ timeout: 5000 }).catch(() => "");
console.log(JSON.stringify({ tab, sent_to: sentTo ?? null, ended_at: endedAt ?? null, confirmed, text }));
// Only the connection to it: the browser is the person's, and stays.
await Promise.race([browser.close(), pause()]);
process.exit(0);

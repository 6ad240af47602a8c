/**
 * Photographs the console without the app: `npm run look -- <folder> [parts of names] [schemes]`, lists with commas.
 * Serves dist-mock under the window's own content security policy, goes through the shots of dev/shots.mjs in both
 * schemes and sizes, lets axe look for violations of WCAG 2.2 AA, and ends with 1 when it or the policy found any.
 * A scheme may be followed by `+forced` (high contrast) and `+150` (text of 150 %, or any other): `light+150,dark+forced`.
 */
import { createServer } from "node:http";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { chromium } from "playwright-core";
import { shots } from "./shots.mjs";

const [folder = "look", only = "", schemes = "light,dark"] = process.argv.slice(2);
const configuration = JSON.parse(await readFile(new URL("../../tauri.conf.json", import.meta.url), "utf8"));
const policy = configuration.app.security.csp;
const root = new URL("../dist-mock/", import.meta.url).pathname;
const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

const server = createServer(async (request, answer) => {
  const path = new URL(request.url, "http://x").pathname;
  try {
    if (path === "/favicon.ico") return answer.writeHead(204).end();
    const body = await readFile(join(root, path === "/" ? "index.html" : path));
    answer.writeHead(200, {
      "content-type": types[extname(path) || ".html"] ?? "application/octet-stream",
      "content-security-policy": policy.replace("connect-src", "connect-src 'self'"),
    });
    answer.end(body);
  } catch {
    answer.writeHead(404).end();
  }
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const address = `http://127.0.0.1:${server.address().port}/`;

await mkdir(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
let bad = 0;
for (const shot of shots.filter(({ name }) => only.split(",").some((part) => name.includes(part)))) {
  for (const scheme of schemes.split(",")) {
    for (const [width, height] of shot.sizes ?? [[1280, 800]]) {
      const [colorScheme, ...wanted] = scheme.split("+");
      const forcedColors = wanted.includes("forced") ? "active" : "none";
      const context = await browser.newContext({ viewport: { width, height }, colorScheme, forcedColors, reducedMotion: "reduce" });
      const page = await context.newPage();
      const problems = [];
      page.on("console", (message) => ["error", "warning"].includes(message.type()) && problems.push(message.text()));
      page.on("pageerror", (error) => problems.push(String(error)));
      const name = `${shot.name}-${width}-${scheme}`;
      try {
        await page.goto(`${address}?scene=${shot.scene ?? "few"}`);
        const percent = wanted.find((one) => /^\d+$/.test(one));
        if (percent) await page.evaluate((percent) => (document.documentElement.style.fontSize = `${percent}%`), percent);
        await page.waitForTimeout(120);
        await shot.act?.(page);
        await page.waitForTimeout(shot.settle ?? 250);
        await page.screenshot({ path: join(folder, `${name}.png`) });
        // Past the policy: the examiner is not part of what is examined.
        const session = await context.newCDPSession(page);
        await session.send("Page.setBypassCSP", { enabled: true }).catch(() => {});
        await page.evaluate(await readFile(axe, "utf8"));
        const { violations } = await page.evaluate(() =>
          globalThis.axe.run(document, {
            runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
            rules: { "page-has-heading-one": { enabled: false }, region: { enabled: false } },
          }),
        );
        for (const found of violations) {
          for (const node of found.nodes) problems.push(`${found.id}: ${node.target.join(" ")} — ${node.failureSummary?.split("\n")[1]?.trim()}`);
        }
      } catch (error) {
        problems.push(String(error));
      }
      bad += problems.length;
      console.log(`${problems.length ? "✗" : "✓"} ${name}`);
      for (const problem of problems) console.log(`    ${problem}`);
      await context.close();
    }
  }
}
await browser.close();
server.close();
process.exit(bad ? 1 : 0);

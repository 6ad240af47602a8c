import { beforeEach, expect, it, vi } from "vitest";
import { icons } from "./icons.svelte";

const ipc = vi.hoisted(() => ({ connectorIcons: vi.fn() }));
vi.mock("../ipc", () => ipc);
beforeEach(() => ipc.connectorIcons.mockReset());

const settled = (): Promise<void> => new Promise((done) => setTimeout(done));

it("icons wanted at once are asked for together, and until they come nobody knows", async () => {
  ipc.connectorIcons.mockResolvedValue({ github: "<svg/>" });
  expect([icons.of("github"), icons.of("acme")], "not known yet").toEqual([undefined, undefined]);
  await settled();
  expect(ipc.connectorIcons.mock.calls, "one question").toEqual([[["github", "acme"]]]);
  expect(icons.of("github"), "came").toBe("data:image/svg+xml,%3Csvg%2F%3E");
  expect(icons.of("acme"), "there is none").toBe("");
});

it("what could not be read stands without an icon, and is asked for again", async () => {
  ipc.connectorIcons.mockRejectedValueOnce(new Error("refused"));
  icons.of("okta");
  await settled();
  expect(icons.of("okta"), "the letter stands").toBe("");
  icons.forget();
  ipc.connectorIcons.mockResolvedValue({ okta: "<svg/>" });
  icons.of("okta");
  await settled();
  expect(icons.of("okta"), "asked for again").toContain("data:image/svg+xml");
});

import { expect, it } from "vitest";
import { linkNotice } from "./linkNotice";

it("nothing is said while links come to this Patchbay, or nobody can tell", () => {
  expect(linkNotice("ours", ["deep_link", "loopback"], "deep_link"), "they come").toBeNull();
  expect(linkNotice("unknown", ["deep_link", "loopback"], "deep_link"), "the system doesn't say").toBeNull();
});

it("another way back is explained only where the provider would have taken a link", () => {
  expect(linkNotice("foreign", ["loopback", "deep_link"], "loopback"), "it was changed").toBe("instead");
  expect(linkNotice("missing", ["loopback"], "loopback"), "it is the provider's only way").toBeNull();
});

it("a link that won't arrive is warned of, even where it is the only way or was chosen", () => {
  expect(linkNotice("missing", ["deep_link"], "deep_link"), "no program takes it").toBe("stranded");
  expect(linkNotice("foreign", ["loopback", "deep_link"], "deep_link"), "chosen by hand").toBe("stranded");
});

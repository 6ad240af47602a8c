//! Finding by role and accessible name, in the page: the parts of WAI-ARIA and accname that the console uses.

/// `byRole(root, role, name, whole)`, `nameOf(element)` and `outline()`.
pub(super) const SCRIPT: &str = r#"
const squeeze = (text) => (text ?? "").replace(/\s+/g, " ").trim();
const inputRoles = { checkbox: "checkbox", radio: "radio", search: "searchbox", button: "button", submit: "button", range: "slider", number: "spinbutton" };
const tagRoles = {
  A: (e) => (e.hasAttribute("href") ? "link" : ""), ARTICLE: "article", ASIDE: "complementary", BUTTON: "button", DIALOG: "dialog", FOOTER: "contentinfo",
  FORM: "form", H1: "heading", H2: "heading", H3: "heading", H4: "heading", HEADER: "banner", IMG: "img", LI: "listitem", MAIN: "main", NAV: "navigation",
  OL: "list", OPTION: "option", OUTPUT: "status", PROGRESS: "progressbar", SELECT: (e) => (e.multiple || e.size > 1 ? "listbox" : "combobox"),
  SECTION: (e) => (e.hasAttribute("aria-label") || e.hasAttribute("aria-labelledby") ? "region" : ""), TABLE: "table", TBODY: "rowgroup", THEAD: "rowgroup",
  TD: "cell", TEXTAREA: "textbox", TH: (e) => (e.scope === "row" ? "rowheader" : "columnheader"), TR: "row", UL: "list", FIELDSET: "group", DETAILS: "group", SUMMARY: "button",
  INPUT: (e) => (e.type === "hidden" ? "" : e.hasAttribute("list") ? "combobox" : inputRoles[e.type] ?? "textbox"),
};
const roleOf = (e) => {
  const given = e.getAttribute("role");
  if (given) return given.split(" ")[0];
  const known = tagRoles[e.tagName];
  return typeof known === "function" ? known(e) : known ?? "";
};
const shown = (e) => {
  if (e.closest("[aria-hidden=true], [inert], [hidden]")) return false;
  // An open dialog hides all that is not in it from everybody.
  const modal = [...document.querySelectorAll("dialog:modal, [aria-modal=true]")].pop();
  if (modal && !modal.contains(e) && !e.contains(modal) && !e.closest("[role=listbox], [role=menu], [role=tooltip], [role=status], [role=alert], [data-toasts]")) return false;
  return e.checkVisibility ? e.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: false }) : e.getClientRects().length > 0;
};
const textOf = (node) => {
  if (node.nodeType === Node.TEXT_NODE) return node.nodeValue;
  if (node.nodeType !== Node.ELEMENT_NODE || node.getAttribute("aria-hidden") === "true" || node.hidden) return "";
  if (node.hasAttribute("aria-label")) return node.getAttribute("aria-label");
  if (node.tagName === "IMG") return node.alt;
  return [...node.childNodes].map(textOf).join(getComputedStyle(node).display.startsWith("inline") ? "" : " ");
};
const fromContent = new Set(["button", "cell", "checkbox", "columnheader", "gridcell", "heading", "link", "menuitem", "menuitemcheckbox", "menuitemradio", "option", "radio", "row", "rowheader", "switch", "tab", "tooltip", "treeitem", "status", "alert", "listitem"]);
const nameOf = (e) => {
  if (!e) return "";
  const by = e.getAttribute("aria-labelledby");
  if (by) return squeeze(by.split(/\s+/).map((id) => document.getElementById(id)).filter(Boolean).map(textOf).join(" "));
  if (squeeze(e.getAttribute("aria-label"))) return squeeze(e.getAttribute("aria-label"));
  if (e.labels?.length) return squeeze([...e.labels].map((label) => [...label.childNodes].filter((n) => n !== e && !(n.contains && n.contains(e) && n.tagName)).map(textOf).join(" ") || textOf(label)).join(" "));
  if (e.tagName === "FIELDSET") { const legend = e.querySelector(":scope > legend"); if (legend) return squeeze(textOf(legend)); }
  if (e.tagName === "IMG") return squeeze(e.alt);
  if (fromContent.has(roleOf(e))) { const text = squeeze(textOf(e)); if (text) return text; }
  return squeeze(e.getAttribute("title") ?? e.getAttribute("placeholder") ?? "");
};
const candidates = (root) => [...(root ?? document.body).querySelectorAll("*")];
function byRole(root, role, name, whole) {
  const found = candidates(root).filter((e) => roleOf(e) === role && shown(e));
  if (!name) return found;
  const named = found.filter((e) => { const has = nameOf(e); return whole ? has === name : has.startsWith(name); });
  return named;
}
function outline() {
  return candidates().filter((e) => roleOf(e) && shown(e)).map((e) => `${roleOf(e)} “${nameOf(e).slice(0, 100)}”${e.disabled ? " (disabled)" : ""}`).join("\n").slice(0, 8000);
}
"#;

import { mount } from "svelte";
import "./app.css";
import App from "./App.svelte";
import { startListening } from "./lib/state/events";
import { follow } from "./lib/state/following";
import { workspace } from "./lib/state/workspace.svelte";
import { askFirstRows } from "./pages/connections/firstRows";

/** How long, in milliseconds, the window stays empty for the sake of its first rows; then it shows where they will be. */
const patience = 150;

async function start(target: HTMLElement): Promise<void> {
  follow();
  void startListening();
  // Drawn once with the rows, rather than without them and then again.
  const asked = askFirstRows();
  void workspace.read();
  await Promise.race([asked, new Promise((done) => setTimeout(done, patience))]);
  mount(App, { target });
}

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");
void start(target);

import FlaskConical from "@lucide/svelte/icons/flask-conical";
import KeyRound from "@lucide/svelte/icons/key-round";
import KeySquare from "@lucide/svelte/icons/key-square";
import PanelRight from "@lucide/svelte/icons/panel-right";
import Pencil from "@lucide/svelte/icons/pencil";
import Trash2 from "@lucide/svelte/icons/trash-2";
import type { ConnectionRow } from "@bindings/ConnectionRow";
import type { RegistrationView } from "@bindings/RegistrationView";
import type { MenuItem } from "../../lib/components/menu";
import { connection } from "../../lib/ipc";
import { reauthorizeRegistration } from "../../lib/state/queue";
import { text } from "../../lib/text/en";
import { run } from "./rowActions";

const say = text.connections.menu;

/** The context menu of the row under the pointer or the focus. */
export class RowMenu {
  row = $state.raw<ConnectionRow | null>(null);
  /** The row's client registration, when several connections hang on it. */
  registration = $state.raw<RegistrationView | null>(null);

  constructor(private readonly open: (row: ConnectionRow) => void) {}

  readonly label = $derived(this.row ? say.label(this.row.name) : "");

  point(row: ConnectionRow): void {
    if (row.id !== this.row?.id) this.registration = null;
    this.row = row;
    void this.#readRegistration(row);
  }

  items(usable: boolean): MenuItem[] {
    const row = this.row;
    if (!row) return [];
    const registration = this.registration;
    const finish = row.status === "finish_signing_in";
    return [
      { key: "open", label: say.open, icon: PanelRight, shortcut: "Enter", run: () => this.open(row) },
      { key: "rename", label: text.actions.rename, icon: Pencil, shortcut: "F2", disabled: !usable, run: () => run("rename", row), separator: true },
      { key: "test", label: text.actions.test, icon: FlaskConical, shortcut: "t", disabled: !usable, run: () => run("test", row) },
      {
        key: "reauthorize",
        label: finish ? text.actions.finish : text.actions.reauthorize,
        icon: KeyRound,
        shortcut: "r",
        disabled: !usable,
        run: () => run("reauthorize", row),
      },
      ...(registration
        ? [
            {
              key: "registration",
              label: say.reauthorizeAll(registration.name, registration.connections),
              icon: KeySquare,
              disabled: !usable,
              run: () => void reauthorizeRegistration(registration),
            },
          ]
        : []),
      { key: "delete", label: text.actions.remove, icon: Trash2, shortcut: "Del", danger: true, disabled: !usable, run: () => run("delete", row), separator: true },
    ];
  }

  async #readRegistration(row: ConnectionRow): Promise<void> {
    try {
      const { registration } = await connection(row.id);
      if (this.row?.id === row.id && registration && registration.connections > 1) this.registration = registration;
    } catch {
      // The menu does without the item; opening the row says what is wrong.
    }
  }
}

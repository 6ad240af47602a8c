import type { Error as Failure } from "@bindings/Error";
import type { FlowDetail } from "@bindings/FlowDetail";
import type { ManifestEdit } from "@bindings/ManifestEdit";
import { failure } from "../../lib/failure";
import { createManifest, editManifest } from "../../lib/ipc";
import { onField } from "../../lib/sentence";
import { text } from "../../lib/text/en";
import { line, words } from "./command";

const say = text.flows.manifest;

type Key = "path" | "name" | "description" | "command" | "schedule";

/** What is typed for a manifest, besides its cards. Rust checks it; what it refuses comes back to its field. */
export class ManifestDraft {
  path = $state("");
  name = $state("");
  description = $state("");
  command = $state("");
  schedule = $state("");
  error = $state.raw<Failure | null>(null);

  /** Without a flow, a new file is written. */
  constructor(readonly flow: FlowDetail | null) {
    if (!flow) return;
    this.name = flow.row.name;
    this.description = flow.row.description;
    this.command = line(flow.command);
    this.schedule = flow.row.schedule ?? "";
  }

  problemOf(key: Key): string | undefined {
    if (this.error?.field !== key) return undefined;
    // Under the field itself, where in the file it stands needs no saying.
    return onField({ ...this.error, message: this.error.message.replace(/^(line \d+: )?(\w+: )?/, "") });
  }

  /** What is wrong with no field in particular. */
  get general(): Failure | null {
    return this.error && this.problemOf(this.error.field as Key) === undefined ? this.error : null;
  }

  changed(): void {
    this.error = null;
  }

  /** The flow as it was saved; `undefined` when it was refused. */
  async save(): Promise<FlowDetail | undefined> {
    this.changed();
    const command = words(this.command);
    if (!command) {
      this.error = { code: "invalid_input", message: say.commandQuote, field: "command" };
      return undefined;
    }
    if (!this.flow && !this.path.trim()) {
      this.error = { code: "invalid_input", message: say.pathEmpty, field: "path" };
      return undefined;
    }
    const edits: ManifestEdit[] = [
      { kind: "set_name", name: this.name.trim() },
      { kind: "set_description", description: this.description.trim() },
      { kind: "set_command", command },
      { kind: "set_schedule", schedule: this.schedule.trim() || null },
    ];
    try {
      return this.flow ? await editManifest(this.flow.row.id, edits) : await createManifest(this.path.trim(), edits);
    } catch (thrown) {
      this.error = failure(thrown);
      return undefined;
    }
  }
}

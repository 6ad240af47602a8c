/** Every text of the console, by place. Short, concrete, sentence case; buttons are verbs. */
import { activity } from "./activity";
import { cards } from "./cards";
import { connections } from "./connections";
import { connectors } from "./connectors";
import { create } from "./create";
import { detail } from "./detail";
import { flows } from "./flows";
import { settings } from "./settings";
import { vault } from "./vault";
import { waiting } from "./waiting";
import { actions, categories, errors, forms, kinds, nav, palette, rail, shortcuts, states, status, toasts } from "./shared";

export const text = {
  actions,
  activity,
  cards,
  categories,
  connections,
  connectors,
  create,
  detail,
  errors,
  flows,
  forms,
  kinds,
  nav,
  palette,
  rail,
  settings,
  shortcuts,
  states,
  status,
  toasts,
  vault,
  waiting,
};

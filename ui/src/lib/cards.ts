/** Which cards of a connector work with which scopes. */
import type { CardNeeds } from "@bindings/CardNeeds";

type Scopes = ReadonlySet<string>;

/** What a card lacks: of each list, one scope would do. */
export function lacking(card: CardNeeds, scopes: Scopes): readonly (readonly string[])[] {
  return card.scopes.filter((anyOf) => !anyOf.some((scope) => scopes.has(scope)));
}

export function works(card: CardNeeds, scopes: Scopes): boolean {
  return lacking(card, scopes).length === 0;
}

/** Cards that don't work with these scopes. */
export function uncovered(cards: readonly CardNeeds[], scopes: Scopes): CardNeeds[] {
  return cards.filter((card) => !works(card, scopes));
}

/** Cards that a change of scopes stops. What didn't work before doesn't stop. */
export function stopping(cards: readonly CardNeeds[], before: Scopes, after: Scopes): CardNeeds[] {
  return cards.filter((card) => works(card, before) && !works(card, after));
}

/** Scope → the cards that name it. */
export function byScope(cards: readonly CardNeeds[]): ReadonlyMap<string, readonly CardNeeds[]> {
  const found = new Map<string, CardNeeds[]>();
  for (const card of cards) {
    for (const scope of new Set(card.scopes.flat())) {
      const named = found.get(scope);
      if (named) named.push(card);
      else found.set(scope, [card]);
    }
  }
  return found;
}

/** Scopes that would do in its stead; none when the card can't do without it. */
export function alternatives(card: CardNeeds, scope: string): readonly string[] {
  const choices = card.scopes.filter((anyOf) => anyOf.includes(scope));
  const needed = choices.some((anyOf) => anyOf.length === 1);
  return needed ? [] : [...new Set(choices.flat())].filter((other) => other !== scope);
}

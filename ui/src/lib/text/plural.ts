/** "1 flow", "12 flows", "1,204 flows". */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

/** "Jira", "Jira and Gmail", "Jira, Gmail and 3 more". */
export function names(list: readonly string[], total = list.length): string {
  if (total <= 2) return list.slice(0, total).join(" and ");
  if (total === 3 && list.length >= 3) return `${list[0]}, ${list[1]} and ${list[2]}`;
  return `${list.slice(0, 2).join(", ")} and ${(total - 2).toLocaleString("en")} more`;
}

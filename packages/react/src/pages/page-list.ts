/**
 * The pages of one listing, in order, as a value that is replaced and never changed.
 *
 * Holds: what each page was asked for, and the halves that are to take the place of a page that has grown.
 * Does not hold: answers; they are handed in.
 * Always true: a page starts where the one before it ends; a page is shown until both of its halves can be.
 */

/** What a page is asked for: `paginationOpts`. */
export interface PageRequest {
  readonly numItems: number;
  readonly cursor: string | null;
  readonly endCursor?: string;
}

/** A page as it was answered. */
export interface Page {
  readonly items: readonly unknown[];
  readonly isDone: boolean;
  readonly end: string;
  readonly split: { readonly at: string; readonly isRequired: boolean } | null;
}

export interface Slot {
  readonly request: PageRequest;
  readonly halves: readonly [PageRequest, PageRequest] | null;
}

export type PageList = readonly Slot[];
export type PageOf = (request: PageRequest) => Page | null;

export function firstPage(numItems: number): PageList {
  return [{ request: { numItems, cursor: null }, halves: null }];
}

export function nextPage(list: PageList, request: PageRequest): PageList {
  return [...list, { request, halves: null }];
}

export function requestsIn(list: PageList): readonly PageRequest[] {
  return list.flatMap(({ request, halves }) => [request, ...(halves ?? [])]);
}

/** The same for requests of the same page. */
export function requestName({ numItems, cursor, endCursor }: PageRequest): string {
  return JSON.stringify([numItems, cursor, endCursor]);
}

/** Begins to split pages that ask for it, and puts halves that have arrived in the place of their page. */
export function splitPages(list: PageList, pageOf: PageOf): PageList {
  const slots = list.flatMap((slot) => splitSlot(slot, pageOf));
  return slots.length === list.length && slots.every((slot, index) => slot === list[index]) ? list : slots;
}

/** The items up to the first page that is missing, and the last page; null if it is missing. */
export function readPages(list: PageList, pageOf: PageOf): { readonly items: readonly unknown[]; readonly last: Page | null } {
  const items: unknown[] = [];
  let last: Page | null = null;
  for (const { request } of list) {
    last = pageOf(request);
    if (last === null || last.split?.isRequired === true) return { items, last: null };
    items.push(...last.items);
  }
  return { items, last };
}

function splitSlot(slot: Slot, pageOf: PageOf): readonly Slot[] {
  const { request, halves } = slot;
  if (halves !== null) {
    return halves.every((half) => pageOf(half) !== null) ? halves.map((half) => ({ request: half, halves: null })) : [slot];
  }
  const page = pageOf(request);
  if (page === null || page.split === null) return [slot];
  const { at } = page.split;
  return [
    {
      request,
      halves: [
        { ...request, endCursor: at },
        { ...request, cursor: at, endCursor: page.end },
      ],
    },
  ];
}

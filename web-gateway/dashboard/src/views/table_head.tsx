// The heads of tables: titles of columns, and buttons where rows are sorted by one.
import type { JSX } from "preact";

export interface Column<Order extends string = never> {
  /** What a click sorts by; nothing sorts by a column without it. */
  readonly order?: Order;
  readonly title: string;
  readonly className: string;
  readonly hint?: string;
}

/** The order that rows have, and what changes it. */
export interface Sorting<Order extends string> {
  readonly order: Order;
  readonly descending: boolean;
  /** Whether the first click on a column brings its greatest to the top. */
  readonly greatestFirst: (order: Order) => boolean;
  readonly onSort: (order: Order, descending: boolean) => void;
  /** Before the order in the testid of a button. */
  readonly testid: string;
}

interface TableHeadProps<Order extends string> {
  readonly columns: readonly Column<Order>[];
  /** May be left out where no column has an order. */
  readonly sorting?: Sorting<Order>;
}

export function TableHead<Order extends string = never>({ columns, sorting }: TableHeadProps<Order>): JSX.Element {
  return (
    <thead>
      <tr>
        {columns.map((column) =>
          column.order === undefined || sorting === undefined ? (
            <th key={column.title} class={column.className} title={column.hint}>
              {column.title}
            </th>
          ) : (
            <SortCell key={column.title} column={column} order={column.order} sorting={sorting} />
          ),
        )}
      </tr>
    </thead>
  );
}

interface SortCellProps<Order extends string> {
  readonly column: Column<Order>;
  readonly order: Order;
  readonly sorting: Sorting<Order>;
}

function SortCell<Order extends string>({ column, order, sorting }: SortCellProps<Order>): JSX.Element {
  const { title, className, hint } = column;
  const { descending, greatestFirst, onSort, testid } = sorting;
  const current = order === sorting.order;
  const next = current ? !descending : greatestFirst(order);
  return (
    <th class={className} aria-sort={current ? (descending ? "descending" : "ascending") : "none"}>
      <button
        type="button"
        class="sort"
        title={hint}
        data-testid={`${testid}-${order}`}
        onClick={() => onSort(order, next)}
      >
        {title}
        <span class="sort-arrow" aria-hidden="true">
          {current ? (descending ? "↓" : "↑") : ""}
        </span>
      </button>
    </th>
  );
}

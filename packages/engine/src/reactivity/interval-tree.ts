/**
 * Half-open intervals of keys, and who is interested in them.
 *
 * Holds: a treap ordered by lower end, each node knowing the highest upper end below it.
 * Always true: adding, removing and one stab cost O(log n), plus what is hit; how many others are held does not matter.
 */
export class IntervalTree {
  #root: IntervalNode | null = null;
  #seed = 0x9e3779b9;

  get isEmpty(): boolean {
    return this.#root === null;
  }

  /** Adds [lower, upper) for `owner` and returns the handle that removes it. An empty interval is held but never hit. */
  add(lower: string, upper: string, owner: number): IntervalNode {
    const node: IntervalNode = {
      lower,
      upper,
      owner,
      priority: this.#nextPriority(),
      order: this.#order++,
      highest: upper,
      left: null,
      right: null,
    };
    this.#root = insert(this.#root, node);
    return node;
  }

  remove(node: IntervalNode): void {
    this.#root = remove(this.#root, node);
  }

  /** Calls `hit` with the owner of every interval that contains `key`; an owner of several may be told several times. */
  stab(key: string, hit: (owner: number) => void): void {
    stab(this.#root, key, hit);
  }

  #order = 0;

  // A fixed xorshift: shape needs no unpredictability, and the engine has no source of chance of its own.
  #nextPriority(): number {
    let x = this.#seed;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#seed = x;
    return x;
  }
}

export interface IntervalNode {
  readonly lower: string;
  readonly upper: string;
  readonly owner: number;
  readonly priority: number;
  /** Tells intervals with the same lower end apart. */
  readonly order: number;
  highest: string;
  left: IntervalNode | null;
  right: IntervalNode | null;
}

function comesBefore(a: IntervalNode, b: IntervalNode): boolean {
  return a.lower < b.lower || (a.lower === b.lower && a.order < b.order);
}

function refreshHighest(node: IntervalNode): IntervalNode {
  let highest = node.upper;
  if (node.left !== null && node.left.highest > highest) highest = node.left.highest;
  if (node.right !== null && node.right.highest > highest) highest = node.right.highest;
  node.highest = highest;
  return node;
}

function insert(root: IntervalNode | null, node: IntervalNode): IntervalNode {
  if (root === null) return node;
  if (node.priority > root.priority) {
    const [left, right] = split(root, node);
    node.left = left;
    node.right = right;
    return refreshHighest(node);
  }
  if (comesBefore(node, root)) root.left = insert(root.left, node);
  else root.right = insert(root.right, node);
  return refreshHighest(root);
}

function split(root: IntervalNode | null, at: IntervalNode): [IntervalNode | null, IntervalNode | null] {
  if (root === null) return [null, null];
  if (comesBefore(root, at)) {
    const [left, right] = split(root.right, at);
    root.right = left;
    return [refreshHighest(root), right];
  }
  const [left, right] = split(root.left, at);
  root.left = right;
  return [left, refreshHighest(root)];
}

function merge(left: IntervalNode | null, right: IntervalNode | null): IntervalNode | null {
  if (left === null) return right;
  if (right === null) return left;
  if (left.priority > right.priority) {
    left.right = merge(left.right, right);
    return refreshHighest(left);
  }
  right.left = merge(left, right.left);
  return refreshHighest(right);
}

function remove(root: IntervalNode | null, node: IntervalNode): IntervalNode | null {
  if (root === null) return null;
  if (root === node) return merge(root.left, root.right);
  if (comesBefore(node, root)) root.left = remove(root.left, node);
  else root.right = remove(root.right, node);
  return refreshHighest(root);
}

function stab(node: IntervalNode | null, key: string, hit: (owner: number) => void): void {
  if (node === null || node.highest <= key) return;
  stab(node.left, key, hit);
  if (node.lower > key) return;
  if (key < node.upper) hit(node.owner);
  stab(node.right, key, hit);
}

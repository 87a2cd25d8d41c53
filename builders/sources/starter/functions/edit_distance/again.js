function editDistance(left, right) {
  const a = [...left];
  const b = [...right];
  const middle = a.length + 1;
  const width = a.length + b.length + 3;

  // For each diagonal: how many characters of `a` are used up after `edits` edits at best.
  let previous = new Array(width).fill(-Infinity);
  let reached = new Array(width).fill(-Infinity);
  previous[middle] = -1;

  for (let edits = 0; ; edits++) {
    const lowest = -Math.min(edits, a.length);
    const highest = Math.min(edits, b.length);
    for (let diagonal = lowest; diagonal <= highest; diagonal++) {
      const at = middle + diagonal;
      const furthest = Math.max(previous[at] + 1, previous[at + 1] + 1, previous[at - 1]);
      let used = Math.min(furthest, a.length, b.length - diagonal);
      while (used < a.length && used + diagonal < b.length && a[used] === b[used + diagonal]) {
        used++;
      }
      reached[at] = used;
    }
    if (reached[middle + b.length - a.length] === a.length) return edits;
    [previous, reached] = [reached, previous];
  }
}

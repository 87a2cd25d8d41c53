function editDistance(left, right) {
  // Spreading a string gives code points, where indexing gives UTF-16 units.
  let longer = [...left];
  let shorter = [...right];
  if (longer.length < shorter.length) [longer, shorter] = [shorter, longer];

  let previous = Array.from({ length: shorter.length + 1 }, (_, j) => j);
  let current = new Array(shorter.length + 1);
  for (let i = 0; i < longer.length; i++) {
    current[0] = i + 1;
    for (let j = 0; j < shorter.length; j++) {
      current[j + 1] = Math.min(
        previous[j + 1] + 1,
        current[j] + 1,
        previous[j] + (longer[i] === shorter[j] ? 0 : 1),
      );
    }
    [previous, current] = [current, previous];
  }
  return previous[shorter.length];
}

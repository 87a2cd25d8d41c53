// An apostrophe belongs to a word only between two of its other characters.
const WORD = /[a-z0-9\u0080-\uffff]+(?:'[a-z0-9\u0080-\uffff]+)*/g;

function wordFrequencies(text, k) {
  if (!Number.isInteger(k) || k < 0) {
    throw new RangeError('k must be a non-negative integer');
  }
  const lowered = text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  const counts = (lowered.match(WORD) || []).reduce(
    (map, word) => map.set(word, (map.get(word) || 0) + 1),
    new Map(),
  );
  return [...counts]
    .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
    .slice(0, k);
}

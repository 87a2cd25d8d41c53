const isWordCharacter = (c) => c !== undefined && (c > '\x7f' || /[a-z0-9]/i.test(c));

function* words(text) {
  let word = '';
  for (let i = 0; i <= text.length; i += 1) {
    const inner = text[i] === "'" && word !== '' && isWordCharacter(text[i + 1]);
    if (inner || isWordCharacter(text[i])) {
      word += text[i] <= '\x7f' ? text[i].toLowerCase() : text[i];
    } else if (word !== '') {
      yield word;
      word = '';
    }
  }
}

function wordFrequencies(text, k) {
  if (!Number.isInteger(k) || k < 0) {
    throw new RangeError('k must be a non-negative integer');
  }
  const counts = new Map();
  const byCount = [];
  for (const word of words(text)) {
    const count = counts.get(word) ?? 0;
    counts.set(word, count + 1);
    byCount[count] ??= new Set();
    byCount[count].add(word);
    if (count > 0) byCount[count - 1].delete(word);
  }
  const ranked = [];
  for (let i = byCount.length - 1; i >= 0 && ranked.length < k; i -= 1) {
    for (const word of [...byCount[i]].sort()) ranked.push([word, i + 1]);
  }
  return ranked.slice(0, k);
}

function decodeComponent(text) {
  return decodeURIComponent(text.replace(/\+/g, '%20'));
}

function parseQueryString(query) {
  // A Map, so that a key such as __proto__ is only data.
  const params = new Map();
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    const [rawKey, ...rest] = pair.split('=');
    const rawValue = rest.join('=');

    const key = decodeComponent(rawKey);
    const value = decodeComponent(rawValue);
    if (params.has(key)) {
      params.get(key).push(value);
    } else {
      params.set(key, [value]);
    }
  }
  return params;
}

function parseQueryString(query) {
  const input = Buffer.from(query, 'utf8');
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const params = new Map();
  let bytes = [];
  let key = null;

  const takeToken = () => {
    const token = Uint8Array.from(bytes);
    bytes = [];
    try {
      return utf8.decode(token);
    } catch {
      throw new URIError('escapes are not valid UTF-8');
    }
  };
  const endPair = () => {
    if (key === null && bytes.length === 0) return;
    if (key === null) key = takeToken();
    if (!params.has(key)) params.set(key, []);
    params.get(key).push(takeToken());
    key = null;
  };

  for (let i = 0; i < input.length; i++) {
    const char = String.fromCharCode(input[i]);
    if (char === '&') {
      endPair();
    } else if (char === '=' && key === null) {
      key = takeToken();
    } else if (char === '%') {
      const digits = input.toString('latin1', i + 1, i + 3);
      if (!/^[0-9a-f]{2}$/i.test(digits)) {
        throw new URIError(`malformed percent escape at byte ${i}`);
      }
      bytes.push(parseInt(digits, 16));
      i += 2;
    } else {
      bytes.push(char === '+' ? 0x20 : input[i]);
    }
  }
  endPair();
  return params;
}

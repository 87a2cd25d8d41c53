function precedence(version) {
  let rest = version;
  const take = (pattern) => {
    const found = rest.match(pattern);
    if (!found || found.index !== 0) throw new SyntaxError(`malformed version: ${version}`);
    rest = rest.slice(found[0].length);
    return found[0];
  };
  const takeList = (pattern) => {
    const list = [take(pattern)];
    while (rest[0] === '.') {
      take(/\./);
      list.push(take(pattern));
    }
    return list;
  };

  const core = takeList(/0(?![0-9])|[1-9][0-9]*/);
  let prerelease = [];
  if (rest[0] === '-') {
    take(/-/);
    prerelease = takeList(/(?!0[0-9]+(?![0-9a-z-]))[0-9a-z-]+/i);
  }
  if (rest[0] === '+') {
    take(/\+/);
    takeList(/[0-9a-z-]+/i);
  }
  if (core.length !== 3 || rest !== '') throw new SyntaxError(`malformed version: ${version}`);

  // Identifiers become BigInt or text; 1 closes a release, so that it outranks every pre-release.
  const typed = prerelease.map((part) => (/^[0-9]+$/.test(part) ? BigInt(part) : part));
  return [...core.map(BigInt), typed.length === 0 ? 1n : 0n, ...typed];
}

function compareKeys([a, ...restA], [b, ...restB]) {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  if (a === b) return compareKeys(restA, restB);
  if (typeof a !== typeof b) return typeof a === 'bigint' ? -1 : 1;
  return a < b ? -1 : 1;
}

function compareVersions(left, right) {
  return compareKeys(precedence(left), precedence(right));
}

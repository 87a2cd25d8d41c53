const VERSION = /^([0-9]+\.[0-9]+\.[0-9]+)(?:-([0-9a-z-]+(?:\.[0-9a-z-]+)*))?(?:\+[0-9a-z-]+(?:\.[0-9a-z-]+)*)?$/i;

function parseVersion(version) {
  const match = VERSION.exec(version);
  const core = match ? match[1].split('.') : [];
  const prerelease = match && match[2] ? match[2].split('.') : [];
  if (!match || [...core, ...prerelease].some((part) => /^0[0-9]+$/.test(part))) {
    throw new SyntaxError(`malformed version: ${version}`);
  }
  return { core, prerelease };
}

function compareText(a, b) {
  return a < b ? -1 : Number(a > b);
}

// Without leading zeros the longer number is the larger one, beyond 2 ** 53 as well.
function compareNumbers(a, b) {
  return Math.sign(a.length - b.length) || compareText(a, b);
}

function compareIdentifiers(a, b) {
  const aNumeric = /^[0-9]+$/.test(a);
  const bNumeric = /^[0-9]+$/.test(b);
  if (aNumeric !== bNumeric) return aNumeric ? -1 : 1;
  return aNumeric ? compareNumbers(a, b) : compareText(a, b);
}

function compareVersions(left, right) {
  const a = parseVersion(left);
  const b = parseVersion(right);
  for (let i = 0; i < 3; i++) {
    const order = compareNumbers(a.core[i], b.core[i]);
    if (order !== 0) return order;
  }
  if (a.prerelease.length === 0 || b.prerelease.length === 0) {
    return Number(a.prerelease.length === 0) - Number(b.prerelease.length === 0);
  }
  const shared = Math.min(a.prerelease.length, b.prerelease.length);
  for (let i = 0; i < shared; i++) {
    const order = compareIdentifiers(a.prerelease[i], b.prerelease[i]);
    if (order !== 0) return order;
  }
  return Math.sign(a.prerelease.length - b.prerelease.length);
}
